/** While nodes change hands, none goes unprobed for longer than the take-over takes, and none has two probers for long. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { createFleet } from '../../support/fleet.ts';
import { eventually } from '../../support/eventually.ts';
import { startInstances, type Instances } from '../../support/instances.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { pathOf, registerNodes } from '../../support/probed-nodes.ts';
import { ownersIn, untilShared, type Lists } from '../../support/shares.ts';
import { startWitness, type Sighting, type Witness } from '../../support/witness.ts';

const INTERVAL_MS = 2_000;
/** How far a run may fall from its tick on a busy machine. */
const SLACK_MS = 300;

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

/** The longest time between two probes in a row. */
const longestGapMs = (sightings: readonly Sighting[]): number =>
  Math.max(...sightings.slice(1).map(({ atMs }, at) => atMs - (sightings[at]?.atMs ?? 0)));

/** The longest time from a process's first probe to the last of one that was there before it. */
const longestDoubleMs = (sightings: readonly Sighting[]): number => {
  const pids = [...new Set(sightings.map(({ pid }) => pid))];
  const runs = pids.map((pid) => sightings.filter((one) => one.pid === pid).map(({ atMs }) => atMs));
  const doubles = runs.slice(1).map(([first = 0], at) => (runs[at]?.at(-1) ?? 0) - first);
  return Math.max(0, ...doubles);
};

/** Resolves once each node was probed twice by the one that owns it now. */
const untilSettled = (witness: Witness, instances: Instances, lists: Lists): Promise<unknown> =>
  eventually('two probes of each node by its owner', () =>
    [...ownersIn(lists)].every(([node, [owner = '']]) => {
      const last = witness.sightings(pathOf(node)).slice(-2);
      return last.length === 2 && last.every(({ pid }) => pid === instances.get(owner).pid);
    }),
  );

const STORIES = [
  {
    what: 'an instance joins',
    boundMs: 2_000,
    happen: async (instances: Instances) => (await instances.start('three')).until('Waiting to obtain leadership'),
  },
  {
    what: 'an instance stops',
    boundMs: 2_000,
    happen: (instances: Instances) => instances.get('two').stop(),
    heirs: ['one'],
  },
  {
    what: 'an instance is killed',
    boundMs: 25_000,
    happen: (instances: Instances) => instances.get('two').kill(),
    heirs: ['one'],
  },
] as const;

test.concurrent.for(STORIES)('$what: no gap, no double', async (story, { onTestFailed }) => {
  const { what, boundMs, happen } = story;
  const fleet = createFleet(consul, `hand-over-${STORIES.indexOf(story)}`);
  await using instances = await startInstances(fleet, ['one', 'two']);
  onTestFailed(() => {
    console.log(instances.all.map(({ stdout }) => stdout).join('\n'));
  });
  await using witness = await startWitness();
  const nodes = await registerNodes(fleet, 20, witness, `${INTERVAL_MS / 1000}s`);
  await untilSettled(witness, instances, await untilShared(fleet, ['one', 'two'], nodes.length));

  const happenedMs = monotonicMs();
  await happen(instances);
  const owners = 'heirs' in story ? story.heirs : ['one', 'two', 'three'];
  await untilSettled(witness, instances, await untilShared(fleet, owners, nodes.length, boundMs));
  for (const node of nodes) {
    const all = witness.sightings(pathOf(node));
    const sightings = all.slice(all.findLastIndex(({ atMs }) => atMs < happenedMs));
    expect(longestGapMs(sightings), `${what}: gap of ${node}`).toBeLessThan(INTERVAL_MS + boundMs);
    expect(longestDoubleMs(sightings), `${what}: double of ${node}`).toBeLessThan(INTERVAL_MS + SLACK_MS);
  }
});
