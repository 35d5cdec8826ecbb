/** Whatever happens, in whatever order, no invariant is broken, and all comes right once it is over. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outsideOfPromises } from '../simulation/world/drain.ts';
import { anyTurn } from './stories/any-turn.ts';
import { reportOf, replayOf, STORY_LIMIT_MS } from './stories/report.ts';
import { anyPrologue, tellStory } from './stories/story.ts';

const { seed, path, replayPath, runs } = replayOf(process.env);

test(`${runs} stories end well`, { timeout: STORY_LIMIT_MS }, async () => {
  const turns = fc.commands(anyTurn, { maxCommands: 20, ...(replayPath === undefined ? {} : { replayPath }) });
  const details = await outsideOfPromises(() =>
    fc.check(fc.property(anyPrologue, turns, tellStory), {
      seed,
      numRuns: runs,
      ...(path === undefined ? {} : { path }),
    }),
  );
  if (details.failed) expect.fail(reportOf(details));
});
