/** From the answer of a target that has changed its mind to the new status in the catalog. */
import type { Figure, Measure } from '../measure.ts';
import { whenChecks } from '../catalog-watch.ts';
import { CATALOG_SIZES, openSettledRig, registerNode, type Rig } from '../rig.ts';
import { median } from '../statistics.ts';

const CHANGES = 20;
const NODE = { node: 'fickle', count: 1, interval: '1s' };
const PATH = '/fickle/0';

const once = async (rig: Rig, state: 'well' | 'ill'): Promise<number> => {
  const status = state === 'well' ? 'passing' : 'critical';
  const seen = whenChecks(rig.consul, NODE.node, ([check]) => check?.Status === status);
  await rig.target.become(state);
  await rig.target.take();
  const seenMs = await seen;
  const arrivals = await rig.target.take();
  return seenMs - (arrivals[PATH]?.[0] ?? Number.NaN);
};

const measure = async (size: number, tell: (progress: string) => void): Promise<Figure> => {
  await using rig = await openSettledRig(size);
  await registerNode(rig, NODE);
  await rig.target.untilAsked([PATH]);
  const samples: number[] = [];
  while (samples.length < CHANGES) {
    samples.push(await once(rig, samples.length % 2 === 0 ? 'ill' : 'well'));
    tell(`${samples.length}/${CHANGES} changes beside ${size} checks, median ${Math.round(median(samples))} ms`);
  }
  const name = `probe result to status in the catalog, ${size} checks in it`;
  return { name, unit: 'ms', target: 50, judgedBy: 'median', samples };
};

export const status: Measure = {
  name: 'status',
  about: "a target's changed answer to the new status in the catalog",
  async run(tell) {
    const figures: Figure[] = [];
    for (const size of CATALOG_SIZES) figures.push(await measure(size, tell));
    return figures;
  },
};
