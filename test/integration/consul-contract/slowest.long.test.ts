/** The same contract where Consul takes minutes. */
import { describe, expect, it } from 'vitest';
import { startBoth } from '../../support/contract/both.ts';
import { slowest } from './stories/slow.ts';

describe.concurrent('slowest', () => {
  it.each(slowest.map((story) => [story.title, story] as const))('%s', async (_title, story) => {
    await using both = await startBoth();
    const { real, embedded } = await both.play(story);
    expect(embedded).toEqual(real);
  });
});
