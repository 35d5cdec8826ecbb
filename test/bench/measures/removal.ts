/** From the removal of checks, and of a node, to their last probe. */
import { setTimeout as pause } from 'node:timers/promises';
import { deregister } from '../../support/catalog.ts';
import type { Figure, Measure } from '../measure.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { CATALOG_SIZES, openSettledRig, pathsOf, registerNode, type Rig } from '../rig.ts';

const REMOVALS = 20;

/** Removed together at an interval of 1 s, one of them falls due every 17 ms; a transaction takes 64. */
const TOGETHER = 60;

/** More than an interval: what is still probed shows up in it. */
const WATCHED_MS = 1_300;

/** Removes, and resolves to how long after that the last probe of `paths` came; 0: none came. */
const lastProbeAfter = async (rig: Rig, paths: readonly string[], remove: () => Promise<unknown>): Promise<number> => {
  const sentMs = monotonicMs();
  await remove();
  await pause(WATCHED_MS);
  const arrivals = await rig.target.take();
  return Math.max(0, ...paths.flatMap((path) => arrivals[path] ?? []).map((atMs) => atMs - sentMs));
};

const once = async (rig: Rig, index: number): Promise<{ readonly check: number; readonly node: number }> => {
  const brief = { node: `brief-${index}`, count: 2 * TOGETHER, interval: '1s' };
  const paths = pathsOf(brief);
  await registerNode(rig, brief);
  await rig.target.untilAsked(paths);
  await pause(1_000 + 200 * Math.random());
  const orders = Array.from({ length: TOGETHER }, (_, check) => ({
    Check: { Verb: 'delete', Check: { Node: brief.node, CheckID: `check-${check}` } },
  }));
  const check = await lastProbeAfter(rig, paths.slice(0, TOGETHER), () => rig.consul.put('/txn', orders));
  const node = await lastProbeAfter(rig, paths.slice(TOGETHER), () => deregister(rig.consul, { Node: brief.node }));
  return { check, node };
};

const measure = async (size: number, tell: (progress: string) => void): Promise<readonly Figure[]> => {
  await using rig = await openSettledRig(size);
  const seen: { readonly check: number; readonly node: number }[] = [];
  while (seen.length < REMOVALS) {
    seen.push(await once(rig, seen.length));
    tell(`${seen.length}/${REMOVALS} removals beside ${size} checks`);
  }
  const figure = (of: 'check' | 'node'): Figure => ({
    name: `removal of a ${of} to its last probe, ${size} checks in the catalog`,
    unit: 'ms',
    target: 100,
    judgedBy: 'worst',
    samples: seen.map((sample) => sample[of]),
  });
  return [figure('check'), figure('node')];
};

export const removal: Measure = {
  name: 'removal',
  about: 'removal of checks, and of a node, to their last probe',
  async run(tell) {
    const figures: Figure[] = [];
    for (const size of CATALOG_SIZES) figures.push(...(await measure(size, tell)));
    return figures;
  },
};
