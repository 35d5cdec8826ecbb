import { expect, it } from 'vitest';
import { startTargets, type TargetState } from '../../../src/dev/targets.ts';

/** The status of /health; undefined when nobody listens. */
const health = (port: number): Promise<number | undefined> =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    (answer) => answer.status,
    () => undefined,
  );

it('fails, vanishes and heals on demand', async () => {
  const seen: TargetState[] = [];
  await using targets = await startTargets();
  targets.follow((state) => {
    seen.push(state);
    return Promise.resolve();
  });
  const order = (path: string): Promise<Response> => fetch(`${targets.controlUrl}${path}`, { method: 'PUT' });
  expect(await health(targets.port)).toBe(200);
  for (const [path, status] of [
    ['/fail', 503],
    ['/heal', 200],
    ['/kill', undefined],
    ['/kill', undefined],
    ['/heal', 200],
  ] as const) {
    expect((await order(path)).status).toBe(200);
    expect(await health(targets.port)).toBe(status);
  }
  expect(seen).toEqual(['ill', 'well', 'dead', 'dead', 'well']);
  expect((await order('/nonsense')).status).toBe(404);
  expect((await fetch(`${targets.controlUrl}/fail`)).status).toBe(404);
});

it('takes other ports when its own are taken', async () => {
  await using first = await startTargets();
  await using second = await startTargets();
  expect(second.port).not.toBe(first.port);
  expect(second.controlUrl).not.toBe(first.controlUrl);
  expect(await health(second.port)).toBe(200);
});
