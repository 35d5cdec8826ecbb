import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { HEAP_FLAGS } from '../../src/heap.ts';

it.each(HEAP_FLAGS)('%s is a flag that the V8 of this Node knows, which would ignore another in silence', (flag) => {
  const [name = ''] = flag.split('=');
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain(`${name.replace('--no-', '--')} `);
});

/** Runs a script that is told where the heap's module is; tells the number that it prints. */
const numberFrom = (script: string, ...args: readonly string[]): number => {
  const heap = new URL('../../src/heap.ts', import.meta.url).href;
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const flags = ['--expose-gc', '--input-type=module', '--import', tsx, '--eval', script, heap];
  return Number(execFileSync(process.execPath, [...flags, ...args], { encoding: 'utf8' }));
};

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

const youngGrowthHolding = (megabytes: number): number => numberFrom(YOUNG_GROWTH_HOLDING, String(megabytes));

it('keeps the young generation small in a small heap, and lets it grow in a large one', () => {
  expect(youngGrowthHolding(10)).toBe(1);
  expect(youngGrowthHolding(150)).toBeGreaterThan(1);
});

/** Holds so many arrays of 8 KB, lets go of three of five, and prints how much of what was held then is held after three more full collections. */
const HELD_AFTER_HOLES = `
  import { getHeapStatistics } from 'node:v8';
  const heldBytes = () => getHeapStatistics().total_physical_size;
  const [heap, count] = process.argv.slice(1);
  const { keepHeapSmall } = await import(heap);
  keepHeapSmall();
  const arrays = Array.from({ length: Number(count) }, (_, index) => new Array(1_000).fill(index));
  const collect = async () => {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20)); // registries are told in a turn of their own
  };
  await collect();
  for (let index = 0; index < arrays.length; index += 1) if (index % 5 > 1) arrays[index] = undefined;
  await collect();
  const before = heldBytes();
  for (let round = 0; round < 3; round += 1) await collect();
  console.log(heldBytes() / before, arrays.length > 0 ? '' : 'which keeps them alive until here');
`;

it('empties pages full of holes in a large heap', () => {
  expect(numberFrom(HELD_AFTER_HOLES, '42000')).toBeLessThan(0.9);
});

it('leaves holes alone in a small heap', () => {
  expect(numberFrom(HELD_AFTER_HOLES, '6000')).toBeGreaterThan(0.95);
});
