/**
 * The embedded Consul does what a real one does: the same stories, told to both, are answered alike. Nothing is typed in by
 * hand; what a story asserts is what the real server says.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Both, startBoth } from '../../support/contract/both.ts';
import { agent } from './stories/agent.ts';
import { badInput } from './stories/bad-input.ts';
import { blocking } from './stories/blocking.ts';
import { catalog } from './stories/catalog.ts';
import { kv } from './stories/kv.ts';
import { sessions } from './stories/sessions.ts';
import { transactions } from './stories/transactions.ts';

describe.each(Object.entries({ catalog, kv, sessions, transactions, agent, blocking, badInput }))(
  '%s',
  (_, stories) => {
    let both: Both;
    beforeAll(async () => {
      both = await startBoth();
    });
    afterAll(async () => {
      await both[Symbol.asyncDispose]();
    });

    it.each(stories.map((story) => [story.title, story] as const))('%s', async (_title, story) => {
      const { real, embedded } = await both.play(story);
      expect(embedded).toEqual(real);
    });
  },
);
