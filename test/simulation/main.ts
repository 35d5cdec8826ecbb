/** `npm run simulate -- --seed N` tells one run; `--seeds N [--from M]` tells which of many fail. */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string', default: '1' } },
});

if (values.seed !== undefined) {
  const { lines, failure } = await simulate(Number(values.seed));
  console.log(lines.join('\n'));
  if (failure !== undefined) process.exitCode = 1;
} else {
  const from = Number(values.from);
  const count = Number(values.seeds ?? 200);
  const failures = new Map<string, number[]>();
  const startedMs = performance.now();
  for (let seed = from; seed < from + count; seed += 1) {
    const { failure } = await simulate(seed);
    if (failure === undefined) continue;
    console.log(`seed ${seed}: ${failure.sentence}\n  ${failure.detail.split('\n').slice(0, 4).join('\n')}`);
    failures.set(failure.sentence, [...(failures.get(failure.sentence) ?? []), seed]);
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const failed = [...failures.values()].flat().length;
  console.log(`${count} seeds in ${seconds} s, ${failed} failed`);
  for (const [sentence, seeds] of failures)
    console.log(`  ${seeds.length} x ${sentence} ${seeds.slice(0, 10).join(' ')}`);
  if (failed > 0) process.exitCode = 1;
}
