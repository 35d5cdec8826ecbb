/** A seed is a story: told again it is the same to the letter. */
import { fork } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

test.each([33, 51, 72])('seed %i is told twice in the same words', async (seed) => {
  const once = await simulate(seed);
  const again = await simulate(seed);
  expect(once.lines.length).toBeGreaterThan(50);
  expect(again.lines.join('\n')).toBe(once.lines.join('\n'));
  expect(again.steps).toBe(once.steps);
});

test('another process tells it so too, whatever ran before', async () => {
  const { lines } = await simulate(16);
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = fork(main, ['--seed', '16'], { execArgv: ['--import', 'tsx'], silent: true });
  expect(child.stdout).not.toBeNull();
  expect(await text(child.stdout!)).toBe(`${lines.join('\n')}\n`);
});

test('different seeds tell different stories', async () => {
  const [one, other] = [await simulate(23), await simulate(40)];
  expect(one.lines.join('\n')).not.toBe(other.lines.join('\n'));
});
