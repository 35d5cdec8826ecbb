/** From the registration of a node to the first probe of its check. */
import { setTimeout as pause } from 'node:timers/promises';
import { deregister } from '../../support/catalog.ts';
import type { Figure, Measure } from '../measure.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { CATALOG_SIZES, openSettledRig, registerNode, type Rig } from '../rig.ts';
import { median } from '../statistics.ts';

const NODES = 20;

const once = async (rig: Rig, index: number): Promise<number> => {
  const late = { node: `late-${index}`, count: 1, interval: '10s' };
  const path = `/${late.node}/0`;
  const sentMs = monotonicMs();
  await registerNode(rig, late);
  const arrivals = await rig.target.untilAsked([path]);
  await deregister(rig.consul, { Node: late.node });
  await pause(400 + 200 * Math.random());
  return (arrivals[path]?.[0] ?? Number.NaN) - sentMs;
};

const measure = async (size: number, tell: (progress: string) => void): Promise<Figure> => {
  await using rig = await openSettledRig(size);
  const samples: number[] = [];
  while (samples.length < NODES) {
    samples.push(await once(rig, samples.length));
    tell(`${samples.length}/${NODES} nodes beside ${size} checks, median ${Math.round(median(samples))} ms`);
  }
  const name = `registration to first probe, ${size} checks in the catalog`;
  return { name, unit: 'ms', target: 100, judgedBy: 'median', samples };
};

export const discovery: Measure = {
  name: 'discovery',
  about: 'registration of a node to the first probe of its check',
  async run(tell) {
    const figures: Figure[] = [];
    for (const size of CATALOG_SIZES) figures.push(await measure(size, tell));
    return figures;
  },
};
