/** Probes on worker threads: real threads, real sockets. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { runnable, syscalls, testProber } from '../../support/probing.ts';
import {
  refusedPort,
  startHttpTarget,
  startHttpsTarget,
  startSilentTarget,
  startTcpTarget,
  tlsPath,
} from '../../support/targets.ts';
import { type Death, FROM_SOURCE, harm, noLocal, workerProber } from '../../support/worker-probing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const PATIENCE_MS = 9_000;
const never = (): RunSignal => new RunSignal();

describe('a worker says what the main thread says', () => {
  test('TCP, passing and refused; and a definition that cannot be run', async () => {
    await using target = await startTcpTarget(() => undefined);
    await using prober = workerProber({ local: noLocal });
    const run = (definition: object): Promise<object> => prober.run(runnable({ ...definition }), PATIENCE_MS, never());
    const dead = await refusedPort();
    expect(await run({ TCP: `127.0.0.1:${target.port}` })).toMatchObject({ status: 'passing' });
    expect(await run({ TCP: `127.0.0.1:${dead}` })).toMatchObject({
      status: 'critical',
      output: `dial tcp 127.0.0.1:${dead}: connect: connection refused`,
    });
    expect(await run({ HTTP: 'ftp://127.0.0.1/' })).toMatchObject({ status: 'critical' });
  });

  test('headers, body, method and a redirect arrive as they do without', async () => {
    const seen: string[] = [];
    await using target = await startHttpTarget((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-a'])}`);
      if (request.url === '/from') response.writeHead(307, { Location: '/to' }).end();
      else request.pipe(response);
    });
    await using prober = workerProber({ local: noLocal });
    const HTTP = `http://127.0.0.1:${target.port}/from`;
    const definition = runnable({ HTTP, Method: 'PUT', Body: 'told', Header: { 'X-A': ['1', '2'] } });
    expect(await prober.run(definition, PATIENCE_MS, never())).toMatchObject({
      output: `HTTP PUT ${HTTP}: 200 OK Output: told`,
    });
    expect(seen).toEqual(['PUT /from 1, 2', 'PUT /to 1, 2']);
  });

  test('HTTPS with the files of the configuration', async () => {
    await using target = await startHttpsTarget('server', (_request, response) => response.end('sealed'));
    await using prober = workerProber({ local: noLocal, setup: { tls: { caFile: tlsPath('ca.pem') }, proxyEnv: {} } });
    const definition = runnable({ HTTP: `https://localhost:${target.port}/` });
    expect(await prober.run(definition, PATIENCE_MS, never())).toMatchObject({ status: 'passing' });
  });

  test("the daemon's own trouble keeps its code and its remedy", async () => {
    const setup = { tls: { caFile: '/nowhere/ca.pem' }, proxyEnv: {} };
    await using prober = workerProber({ local: noLocal, setup });
    const outcome = await prober.run(runnable({ HTTP: 'https://127.0.0.1:1/' }), PATIENCE_MS, never());
    expect(outcome).toMatchObject({
      type: 'unsent',
      error: { code: 'ESM_PROBE_UNSENT', message: expect.stringContaining('check the https_* files') as string },
    });
  });

  test('silence, when the time is over', async () => {
    await using target = await startSilentTarget();
    await using prober = workerProber({ local: noLocal });
    const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
    expect(await prober.run(definition, 100, never())).toMatchObject({ status: 'critical' });
  });
});

describe('the end of a run', () => {
  test('an abort is answered, and hangs up on the target', async () => {
    await using target = await startSilentTarget();
    await using prober = workerProber({ local: noLocal });
    const signal = new RunSignal();
    const running = prober.run(runnable({ HTTP: `http://127.0.0.1:${target.port}/` }), PATIENCE_MS, signal);
    await eventually('the question', () => target.isAsked);
    signal.abort();
    expect(await running).toEqual({ type: 'aborted' });
    await eventually('the end of the connection', () => !target.isAsked);
  });

  test('disposal answers what is under way, and nothing runs any more', async () => {
    await using target = await startSilentTarget();
    const prober = workerProber({ local: noLocal });
    const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
    const running = prober.run(definition, PATIENCE_MS, never());
    await eventually('the question', () => target.isAsked);
    await prober[Symbol.asyncDispose]();
    expect(await running).toEqual({ type: 'aborted' });
    expect(await prober.run(definition, PATIENCE_MS, never())).toEqual({ type: 'aborted' });
  });
});

/** The main thread's prober, and how many runs it was given. */
const countedLocal = () => {
  const local = testProber();
  const counted = { runs: 0, prober: local };
  const run: Prober['run'] = (...run) => {
    counted.runs += 1;
    return local.run(...run);
  };
  return Object.assign(counted, { prober: { ...local, run } });
};

test('the main thread helps a worker that falls behind', async () => {
  const waiting: ServerResponse[] = [];
  await using target = await startHttpTarget((_request, response) => waiting.push(response));
  const local = countedLocal();
  await using prober = workerProber({ local: local.prober });
  const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
  const running = Array.from({ length: 100 }, () => prober.run(definition, PATIENCE_MS, never()));
  await eventually('a hundred questions', () => waiting.length === 100);
  expect(local.runs).toBeGreaterThan(0);
  expect(local.runs).toBeLessThan(50);
  for (const response of waiting) response.end();
  for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject({ status: 'passing' });
});

/** How long a worker may be silent, and a little more. */
const SILENCE_MS = 18_000;

/** The longest rest before the next worker. */
const REST_MS = 10_000;

describe.each(['end', 'block'] as const)('a worker that comes to harm: %s', (act) => {
  test('its runs are run again, it is told once, and another comes', async () => {
    await using folder = await temporaryFolder();
    const order = join(folder.path, 'order');
    let [asked, hungUp] = [0, 0];
    await using target = await startHttpTarget(({ socket }, response) => {
      asked += 1;
      if (asked > 3) response.end('again');
      else socket.once('close', () => (hungUp += 1));
    });
    const deaths: Death[] = [];
    const local = countedLocal();
    const timers = createVirtualClock();
    await using prober = workerProber({
      clock: { ...timers, afterPoll: setImmediate },
      local: local.prober,
      execArgv: [...FROM_SOURCE, '--import', harm(act, order)],
      onDeath: (death) => deaths.push(death),
    });
    const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
    const running = Array.from({ length: 3 }, () => prober.run(definition, PATIENCE_MS, never()));
    await eventually('three questions', () => asked === 3);
    await writeFile(order, '');
    await eventually('the harm', () => !existsSync(order));
    if (act === 'block') await timers.advance(SILENCE_MS);
    const again = {
      ...{ type: 'measured', status: 'passing' },
      output: `HTTP GET http://127.0.0.1:${target.port}/: 200 OK Output: again`,
    };
    expect(await Promise.all(running)).toEqual(Array(3).fill(again));
    const reason = act === 'end' ? 'it ended by itself' : 'it gave no sign of life for 15 s';
    expect(deaths).toMatchObject([{ again: 3, reason }]);
    await eventually('the end of the connections that it had open', () => hungUp === 3);
    expect(local.runs).toBe(3);
    await timers.advance(REST_MS);
    expect(await prober.run(definition, PATIENCE_MS, never())).toEqual(again);
    expect(local.runs).toBe(3);
    expect(deaths).toHaveLength(1);
  });
});

test('a worker that cannot be started is told, tried again after a rest, and missed by nobody', async () => {
  await using target = await startHttpTarget((_request, response) => response.end('here'));
  const reasons: string[] = [];
  const timers = createVirtualClock();
  const open = new Set<number>();
  await using prober = workerProber({
    clock: { ...timers, afterPoll: setImmediate },
    calls: syscalls && {
      ...syscalls,
      epollCreate: () => {
        const epoll = syscalls!.epollCreate();
        open.add(epoll);
        return epoll;
      },
      close: (fd) => {
        open.delete(fd);
        return syscalls!.close(fd);
      },
    },
    execArgv: ['--no-such-option'], // refused where the thread is made, as a thread too many is
    onUnstarted: ({ reason }) => reasons.push(reason),
  });
  const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
  const run = (): Promise<ProbeOutcome> => prober.run(definition, PATIENCE_MS, never());
  expect([await run(), await run()]).toMatchObject([{ status: 'passing' }, { status: 'passing' }]);
  expect(reasons).toEqual([expect.stringContaining('--no-such-option')]);
  await timers.advance(REST_MS);
  expect(await run()).toMatchObject({ status: 'passing' });
  expect(reasons).toHaveLength(2);
  expect(open).toEqual(new Set());
});

test('a worker gives a sign of life when it is asked for one', async () => {
  const program = new URL('../../../src/probes/workers/worker-main.ts', import.meta.url);
  const worker = new Worker(program, { workerData: { tls: {}, proxyEnv: {}, epoll: -1 }, execArgv: [...FROM_SOURCE] });
  worker.postMessage([]);
  expect(await once(worker, 'message')).toEqual([[]]);
  await worker.terminate();
});
