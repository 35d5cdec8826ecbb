/** Three days of flapping on a virtual clock: does the heap grow? */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startFlapping } from '../flapping.ts';
import type { Figure, Measure } from '../measure.ts';
import { median } from '../statistics.ts';

/** Each of 20 nodes and their 380 checks changes every 10 s: 40 a second, so that 72 hours make 10 million. */
const NODES = 20;
const CHECKS_PER_NODE = 19;
const CHANGES = Number(process.env['SOAK_CHANGES'] ?? 10_000_000);

/** Looks at the heap; a tenth of them is one end of the comparison. */
const LOOKS = 100;
const TENTH = LOOKS / 10;

/** Code gets compiled, pools fill. */
const WARM_UP = CHANGES / LOOKS;

const MB = 1e6;

/** What the whole process holds after a full collection, without V8's own code and pages that it keeps in store. */
const heldMb = (collect: () => void): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MB;
};

const figure = (name: string, unit: Figure['unit'], samples: readonly number[], target?: number): Figure => ({
  name: `${CHANGES} status changes: ${name}`,
  ...{ unit, samples, judgedBy: 'median' },
  ...(target === undefined ? {} : { target }),
});

export const soak: Measure = {
  name: 'soak',
  about: '10 million status changes on a virtual clock: growth of the heap (SOAK_CHANGES: fewer; an hour)',
  async run(tell) {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void; // safe: what the flag exposes
    const before = process.cpuUsage();
    await using flapping = await startFlapping(NODES, CHECKS_PER_NODE);
    await flapping.until(WARM_UP);
    const looks: number[] = [];
    while (looks.length < LOOKS) {
      await flapping.until(WARM_UP + (CHANGES * (looks.length + 1)) / LOOKS);
      const held = heldMb(collect);
      looks.push(held);
      const hours = (flapping.elapsedMs / 3_600_000).toFixed(1);
      tell(`${flapping.changes} changes in ${hours} virtual hours: ${held.toFixed(2)} MB`);
    }
    const { user, system } = process.cpuUsage(before);
    const [first, last] = [looks.slice(0, TENTH), looks.slice(-TENTH)];
    return [
      figure('held in the first tenth', 'MB', first),
      figure('held in the last tenth', 'MB', last),
      figure('growth between the two', '%', [(median(last) / median(first) - 1) * 100], 5),
      figure('processor time a change, Consul and targets included', 'µs', [(user + system) / flapping.changes]),
    ];
  },
};
