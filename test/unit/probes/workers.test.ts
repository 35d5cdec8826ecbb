/** Probes on worker threads: real threads, real sockets. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import { createWorkerProber, type WorkerProberOptions } from '../../../src/probes/workers/worker-prober.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { runnable, testProber } from '../../support/probing.ts';
import {
  refusedPort,
  startHttpTarget,
  startHttpsTarget,
  startRawTarget,
  startSilentTarget,
  startTcpTarget,
  tlsPath,
} from '../../support/targets.ts';

const PATIENCE_MS = 9_000;
const FROM_SOURCE = ['--import', new URL('../../fixtures/from-source.mjs', import.meta.url).href];
const never = (): AbortSignal => new AbortController().signal;

type Death = Parameters<WorkerProberOptions['onDeath']>[0];

const noDeath = ({ reason }: Death): void => {
  throw new Error(`a worker died: ${reason}`);
};

const workerProber = (options: Partial<WorkerProberOptions> = {}): Prober =>
  createWorkerProber({
    workers: 1,
    setup: { tls: {}, proxyEnv: {} },
    local: testProber(),
    clock: systemClock,
    random: () => 0.5,
    onDeath: noDeath,
    execArgv: FROM_SOURCE,
    ...options,
  });

/** Fails every run: nothing may come to the main thread. */
const noLocal: Prober = {
  run: () => Promise.reject(new Error('run by the main thread')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

describe('a worker says what the main thread says', () => {
  test.each([
    ['an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell'],
    ['another status', 'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n'],
    ['nothing at all', ''],
    ['a head that is too long', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['a size line without end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'0'.repeat(70_000)}`],
    ['a chunk of eight petabytes', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1fffffffffffff\r\nx'],
    [
      'chunks of one byte',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(20_000)}0\r\n\r\n`,
    ],
    ['a length beyond what comes', 'HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nlittle'],
    ['ends of line that are none', 'HTTP/1.1 200 OK\rServer: x\r\r\n\nContent-Length: 1\r\n\r\nx'],
    ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 1\n\nx'],
    ['bytes that are no text', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10])],
  ])('%s', async (_what, bytes) => {
    await using target = await startRawTarget(bytes);
    await using prober = workerProber({ local: noLocal });
    await using local = testProber();
    const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
    const said = await prober.run(definition, PATIENCE_MS, never());
    expect(said).toMatchObject({ type: 'measured' });
    expect(said).toEqual(await local.run(definition, PATIENCE_MS, never()));
  });

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
    const controller = new AbortController();
    const running = prober.run(runnable({ HTTP: `http://127.0.0.1:${target.port}/` }), PATIENCE_MS, controller.signal);
    await eventually('the question', () => target.isAsked);
    controller.abort();
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

describe('a worker that dies', () => {
  test('its runs are run again, it is told once, and another comes', async () => {
    await using folder = await temporaryFolder();
    const order = join(folder.path, 'order');
    const ender = new URL(`../../fixtures/end-worker.mjs?order=${order}`, import.meta.url).href;
    const held: (() => void)[] = [];
    let asked = 0;
    await using target = await startHttpTarget((_request, response) => {
      asked += 1;
      if (asked <= 3) held.push(() => response.end('late'));
      else response.end('again');
    });
    const deaths: Death[] = [];
    await using prober = workerProber({
      execArgv: [...FROM_SOURCE, '--import', ender],
      onDeath: (death) => deaths.push(death),
    });
    const definition = runnable({ HTTP: `http://127.0.0.1:${target.port}/` });
    const running = Array.from({ length: 3 }, () => prober.run(definition, PATIENCE_MS, never()));
    await eventually('three questions', () => asked === 3);
    await writeFile(order, '');
    const output = `HTTP GET http://127.0.0.1:${target.port}/: 200 OK Output: again`;
    expect(await Promise.all(running)).toEqual(Array(3).fill({ type: 'measured', status: 'passing', output }));
    expect(deaths).toMatchObject([{ again: 3 }]);
    await eventually('a run by another worker', async () => {
      await writeFile(order, '');
      await prober.run(definition, PATIENCE_MS, never());
      return deaths.length > 1;
    });
  });
});
