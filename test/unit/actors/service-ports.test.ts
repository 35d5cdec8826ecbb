import { expect, it } from 'vitest';
import { createServicePorts } from '../../../src/actors/service-ports.ts';
import { aProbedNode } from '../../support/roster.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const { signal } = new AbortController();

const never = (by: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    by.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });

const setUp = () => {
  const consul: { read: (by: AbortSignal) => Promise<number | undefined> } = { read: () => Promise.resolve(8080) };
  const clock = createVirtualClock();
  const read = createServicePorts({ readServicePort: (_, by) => consul.read(by) }, clock);
  return { consul, clock, read, node: aProbedNode('a') };
};

it('is what Consul tells now', async () => {
  const { consul, read, node } = setUp();
  expect(await read(node, signal)).toBe(8080);
  consul.read = () => Promise.resolve(9090);
  expect(await read(node, signal)).toBe(9090);
  consul.read = () => Promise.resolve(undefined);
  expect(await read(node, signal)).toBeUndefined();
});

it('is what Consul told last while it is down', async () => {
  const { consul, read, node } = setUp();
  await read(node, signal);
  consul.read = () => Promise.reject(new Error('down'));
  expect(await read(node, signal)).toBe(8080);
});

it('is waited for a second while Consul is silent', async () => {
  const { consul, clock, read, node } = setUp();
  await read(node, signal);
  consul.read = never;
  let port: number | undefined;
  void read(node, signal).then((told) => (port = told));
  await clock.advance(999);
  expect(port).toBeUndefined();
  await clock.advance(1);
  expect(port).toBe(8080);
  expect(clock.pending).toBe(0);
});

it('is not known when it was never told, nor after the end', async () => {
  const { consul, read, node } = setUp();
  await read(node, signal);
  await expect(read(node, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  consul.read = () => Promise.reject(new Error('down'));
  await expect(read(aProbedNode('b'), signal)).rejects.toThrow('down');
});
