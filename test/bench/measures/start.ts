/** From the start of the process to the example's checks passing in the catalog. */
import { exampleNode } from '../../../src/dev/example.ts';
import { median } from '../statistics.ts';
import { whenChecks } from '../catalog-watch.ts';
import type { Measure } from '../measure.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { openRig, type Rig } from '../rig.ts';

const STARTS = 7;
const NAMES = { node: 'foo', service: 'web', meta: { 'external-node': 'true' } };
const CHECKS = ['service:web1', 'service:web2'];

const once = async (rig: Rig): Promise<number> => {
  const port = Number(new URL(rig.target.url).port);
  await rig.consul.put('/catalog/register', exampleNode({ ...NAMES, port }));
  const startedMs = monotonicMs();
  await using daemon = await rig.startDaemon();
  const passingMs = await whenChecks(rig.consul, 'foo', (checks) =>
    CHECKS.every((id) => checks.some(({ CheckID, Status }) => CheckID === id && Status === 'passing')),
  );
  await daemon.stop();
  return passingMs - startedMs;
};

export const start: Measure = {
  name: 'start',
  about: 'start of the process to both checks of the example passing',
  async run(tell) {
    await using rig = await openRig();
    const samples: number[] = [];
    while (samples.length < STARTS) {
      samples.push(await once(rig));
      tell(`${samples.length}/${STARTS} starts, median ${Math.round(median(samples))} ms`);
    }
    return [{ name: 'start to both checks passing', unit: 'ms', target: 2_000, judgedBy: 'median', samples }];
  },
};
