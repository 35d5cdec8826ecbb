/** What it costs to show the statecharts: nothing while nobody looks, little while somebody does. */
import { setTimeout as pause } from 'node:timers/promises';
import { startDaemon } from '../../support/daemon.ts';
import { find, openStream, statechartsUrl } from '../../support/statecharts.ts';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';
import { openRig, registerCatalog, type Rig } from '../rig.ts';

const ROUNDS = 3;
const CHECKS = 1_000;

/** First runs spread over an interval, code gets compiled, the first collections of garbage come. */
const WARM_UP_MS = 10_000;
const HELD_MS = 20_000;

const SHOWN = ['nobody can look', 'nobody looks', 'one page is open on one check'] as const;
type Shown = (typeof SHOWN)[number];

/** Opens what a page opens; does nothing where there is nothing to see. */
const look = async (shown: Shown, urlOf: () => Promise<string>): Promise<AsyncDisposable | undefined> => {
  if (shown !== 'one page is open on one check') return undefined;
  const url = await urlOf();
  const check = (await find(url, 'many-7/check-7')).found[0];
  return await openStream(url, [check?.id ?? 'none']);
};

/** Processor time a probe, in microseconds. */
const hold = async (rig: Rig, paths: readonly string[], shown: Shown): Promise<number> => {
  const surface = shown === 'nobody can look' ? '' : 'client_address = "127.0.0.1:0"\n';
  await using daemon = await startDaemon({ config: `http_addr = "${rig.consul.url}"\n${surface}` });
  await rig.target.untilAsked(paths);
  await using _stream = await look(shown, () => statechartsUrl(daemon));
  await pause(WARM_UP_MS);
  await rig.target.take();
  const before = await usageOf(daemon.pid);
  await pause(HELD_MS);
  const { cpuMs } = await usageOf(daemon.pid);
  const probes = Object.values(await rig.target.take()).reduce((sum, times) => sum + times.length, 0);
  await daemon.stop();
  return ((cpuMs - before.cpuMs) * 1_000) / probes;
};

export const inspection: Measure = {
  name: 'inspection',
  about: '1,000 HTTP checks at intervals of 1 s: what it costs to show the statecharts',
  async run(tell) {
    await using rig = await openRig();
    const paths = await registerCatalog(rig, CHECKS, '1s');
    const samples = new Map<Shown, number[]>(SHOWN.map((shown) => [shown, []]));
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const shown of SHOWN) {
        tell(`round ${round}/${ROUNDS}: ${shown}`);
        samples.get(shown)?.push(await hold(rig, paths, shown));
      }
    }
    return SHOWN.map((shown): Figure => ({
      name: `1,000 checks at 1 s, processor time a probe: ${shown}`,
      unit: 'µs',
      judgedBy: 'median',
      samples: samples.get(shown) ?? [],
    }));
  },
};
