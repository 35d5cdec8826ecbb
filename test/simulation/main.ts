/**
 * `npm run simulate -- --seed N` tells one run to the letter; `--seeds N [--from M]` runs many on all processors, and tells those
 * that fail; `--speed` measures how many virtual hours of a quiet fleet pass in a minute of one processor.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Outcome, simulate } from './simulate.ts';
import { measureSpeed } from './speed.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    speed: { type: 'boolean' },
    /** Of a child: every so many seeds, and no summary. */
    step: { type: 'string' },
    /** Of a child: no more than the first failure. */
    'until-failure': { type: 'boolean', default: false },
  },
});

const from = Number(values.from);
const endSeed = from + Number(values.seeds);

const tellFailure = ({ seed, steps, failure }: Outcome): void => {
  if (failure === undefined) return;
  process.exitCode = 1;
  console.log(`seed ${seed}, step ${steps}: ${failure.sentence}\n  ${failure.detail}`);
};

const runEvery = async (step: number): Promise<void> => {
  for (let seed = from; seed < endSeed; seed += step) {
    tellFailure(await simulate(seed));
    if (values['until-failure'] && process.exitCode === 1) return;
  }
};

/** Resolves to whether all seeds of the child held. */
const runChild = (first: number, step: number): Promise<boolean> =>
  new Promise((resolve) => {
    const seeds = ['--from', String(first), '--seeds', String(endSeed - first), '--step', String(step)];
    fork(process.argv[1] ?? '', seeds).once('exit', (code) => {
      resolve(code === 0);
    });
  });

const runOnAll = async (): Promise<void> => {
  const startedMs = performance.now();
  const children = availableParallelism();
  const firsts = Array.from({ length: children }, (_, place) => from + place).filter((first) => first < endSeed);
  const held = await Promise.all(firsts.map((first) => runChild(first, children)));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `seeds ${from} to ${endSeed - 1} in ${seconds} s: ${held.every(Boolean) ? 'all held' : 'failures above'}`,
  );
  if (!held.every(Boolean)) process.exitCode = 1;
};

if (values.speed === true) {
  console.log(await measureSpeed());
} else if (values.seed !== undefined) {
  const outcome = await simulate(Number(values.seed));
  console.log(outcome.lines.join('\n'));
  tellFailure(outcome);
} else if (values.step !== undefined) {
  await runEvery(Number(values.step));
} else {
  await runOnAll();
}
