/** Whatever way the failures that matter take, the fleet does what it promises. */
import { describe, expect, test } from 'vitest';
import { outsideOfPromises } from '../simulation/world/drain.ts';
import { SCENARIOS } from './drivers/index.ts';
import { pairsOf, pathsOf, play } from './paths.ts';

for (const scenario of SCENARIOS) {
  const { chart, promise } = scenario;
  describe(`${chart.id}: ${promise}`, () => {
    const run = new Set<string>();

    for (const path of pathsOf(chart))
      test(path.title, async () => {
        for (const pair of await outsideOfPromises(() => play(scenario, path))) run.add(pair);
      });

    test('every event has happened in every state that knows it', () => {
      expect([...run].sort()).toEqual(pairsOf(chart));
    });
  });
}
