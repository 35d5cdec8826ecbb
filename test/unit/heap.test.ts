import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { HEAP_FLAGS } from '../../src/heap.ts';

it.each(HEAP_FLAGS)('%s is a flag that the V8 of this Node knows, which would ignore another in silence', (flag) => {
  const [name = ''] = flag.split('=');
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain(`${name.replace('--no-', '--')} `);
});

/** Holds so many megabytes, collects, makes what outlives quick collections; prints how many times the size that collections left it the young generation has. */
const YOUNG_GROWTH_HOLDING = `
  import { getHeapSpaceStatistics } from 'node:v8';
  const youngBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  const [heap, megabytes] = process.argv.slice(1);
  const { keepHeapSmall } = await import(heap);
  keepHeapSmall();
  const held = Array.from({ length: Number(megabytes) }, () => new Array(131_072).fill(0.5));
  for (let round = 0; round < 4; round += 1) gc(); // each gives back half of what it grew while this was loaded
  const before = youngBytes();
  await new Promise((resolve) => setTimeout(resolve, 100)); // registries are told in a turn of their own
  for (let round = 0; round < 20; round += 1) held.last = Array.from({ length: 32_768 }, () => ({}));
  console.log(youngBytes() / before);
`;

const youngGrowthHolding = (megabytes: number): number => {
  const heap = new URL('../../src/heap.ts', import.meta.url).href;
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const [script, ...flags] = [YOUNG_GROWTH_HOLDING, '--expose-gc', '--input-type=module', '--import', tsx, '--eval'];
  return Number(execFileSync(process.execPath, [...flags, script, heap, String(megabytes)], { encoding: 'utf8' }));
};

it('keeps the young generation small in a small heap, and lets it grow in a large one', () => {
  expect(youngGrowthHolding(10)).toBe(1);
  expect(youngGrowthHolding(150)).toBeGreaterThan(1);
});
