/** The same contract where Consul takes its time. Each story has servers of its own, and all wait side by side. */
import { describe, expect, it } from 'vitest';
import { startBoth } from '../../support/contract/both.ts';
import { slow } from './stories/slow.ts';

describe.concurrent('slow', () => {
  it.each(slow.map((story) => [story.title, story] as const))('%s', async (_title, story) => {
    await using both = await startBoth();
    const { real, embedded } = await both.play(story);
    expect(embedded).toEqual(real);
  });
});
