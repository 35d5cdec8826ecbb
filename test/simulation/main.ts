/**
 * `npm run simulate -- --seed N` tells one run to the letter; `--seeds N [--from M] [--also L,...]` runs many on all processors, or in as
 * many `--processes` as are given, tells each that fails and in the end all of them, and with `--outcomes FILE` leaves what each came to
 * there, as JSON; `--speed` measures how many virtual hours of a quiet fleet pass in a minute of one processor.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { compileSimulation, type CompiledSimulation, isCompiled } from './compiled.ts';
import { type Outcome, simulate } from './simulate.ts';
import { measureSpeed } from './speed.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    also: { type: 'string', default: '' },
    processes: { type: 'string', default: String(availableParallelism()) },
    outcomes: { type: 'string' },
    speed: { type: 'boolean' },
    /** Of a child: every so many seeds, and no summary. */
    step: { type: 'string' },
    /** Of a child: no more than the first failure. */
    'until-failure': { type: 'boolean', default: false },
  },
});

const from = Number(values.from);
const endSeed = from + Number(values.seeds);
const alsoSeeds = values.also === '' ? [] : values.also.split(',').map(Number);

const everySeed = (step: number): readonly number[] => {
  const count = Math.max(0, Math.ceil((endSeed - from) / step));
  return [...Array.from({ length: count }, (_, place) => from + place * step), ...alsoSeeds];
};

/** What a child sends at its end; before that the outcome of each seed. */
const ALL_RUN = 'all run';

const tellOutcome = (outcome: Outcome): void => {
  const { seed, steps, failure } = outcome;
  process.send?.(failure === undefined ? { ...outcome, lines: [] } : outcome);
  if (failure === undefined) return;
  process.exitCode = 1;
  console.log(`seed ${seed}, step ${steps}: ${failure.sentence}\n  ${failure.detail}`);
};

const runEvery = async (step: number): Promise<void> => {
  process.once('disconnect', () => process.exit()); // nobody waits for it any more
  process.channel?.unref();
  for (const seed of everySeed(step)) {
    tellOutcome(await simulate(seed));
    if (values['until-failure'] && process.exitCode === 1) return;
  }
  process.send?.(ALL_RUN);
};

/** What a child came to. One that dies has not run all its seeds. */
interface ChildOutcome {
  readonly outcomes: readonly Outcome[];
  readonly hasRunAll: boolean;
}

/** The child of this place among so many runs its part of all seeds. */
const runChild = async (compiled: CompiledSimulation, place: number, children: number): Promise<ChildOutcome> => {
  const first = from + place;
  const seeds = ['--from', String(first), '--seeds', String(endSeed - first), '--step', String(children)];
  const also = alsoSeeds.filter((_, at) => at % children === place).join(',');
  const told: unknown[] = [];
  const child = compiled.start(...seeds, '--also', also).on('message', (message) => told.push(message));
  await once(child, 'close');
  const outcomes = told.filter((message): message is Outcome => message !== ALL_RUN); // safe: it sends nothing else
  return { outcomes, hasRunAll: told.includes(ALL_RUN) };
};

const runOnAll = async (): Promise<void> => {
  await using compiled = await compileSimulation();
  const startedMs = performance.now();
  const children = Math.min(Number(values.processes), everySeed(1).length);
  const places = Array.from({ length: children }, (_, place) => place);
  const runs = await Promise.all(places.map((place) => runChild(compiled, place, children)));
  const outcomes = runs.flatMap((run) => run.outcomes).sort((a, b) => a.seed - b.seed);
  if (values.outcomes !== undefined) await writeFile(values.outcomes, JSON.stringify(outcomes));
  const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ seed }) => seed);
  const hasRunAll = runs.every((run) => run.hasRunAll);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  const verdict = failed.length === 0 ? 'all held' : `${failed.length} failed: ${failed.join(', ')}`;
  const whole = hasRunAll ? verdict : `${verdict}; not all were run, for a process died`;
  console.log(`seeds ${from} to ${endSeed - 1} in ${seconds} s: ${whole}`);
  if (failed.length > 0 || !hasRunAll) process.exitCode = 1;
};

const tellSpeed = async (): Promise<void> => {
  if (isCompiled) {
    console.log(await measureSpeed());
    return;
  }
  await using compiled = await compileSimulation();
  const closed: readonly unknown[] = await once(compiled.start('--speed'), 'close');
  if (closed[0] !== 0) process.exitCode = 1;
};

if (values.speed === true) {
  await tellSpeed();
} else if (values.seed !== undefined) {
  const outcome = await simulate(Number(values.seed));
  console.log(outcome.lines.join('\n'));
  tellOutcome(outcome);
} else if (values.step !== undefined) {
  await runEvery(Number(values.step));
} else {
  await runOnAll();
}
