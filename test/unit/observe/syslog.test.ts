import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Clock } from '../../../src/clock.ts';
import { createLog } from '../../../src/observe/create-log.ts';
import type { OwnedLog } from '../../../src/observe/log.ts';
import type { Line, OpenSink } from '../../../src/observe/sink.ts';
import { type SyslogOptions, syslogSink } from '../../../src/observe/syslog.ts';
import { eventually } from '../../support/eventually.ts';

/** A syslog daemon's socket. `logger` turns to a stream when the socket takes no datagrams, which Node cannot receive. */
class SyslogServer {
  text = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    });
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(path, resolve));
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }
}

/** Back-offs and settling are shortened, so that the test waits for events only. */
const hasty: Clock = { ...systemClock, setTimeout: (fn, delayMs) => systemClock.setTimeout(fn, delayMs / 10) };

let folder: string;
let socketPath: string;
let server: SyslogServer;
let log: OwnedLog;
let other: Line[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esm-syslog-'));
  socketPath = join(folder, 'log');
  server = new SyslogServer();
  other = [];
});

afterEach(async () => {
  await log.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const memory: OpenSink = () => ({ write: (line) => other.push(line), close: () => Promise.resolve() });

const open = (options: Partial<SyslogOptions> = {}): OwnedLog =>
  (log = createLog({
    level: 'TRACE',
    sinks: [memory, syslogSink({ facility: 'LOCAL3', socketPath, clock: hasty, ...options })],
  }));

/** The pids of this process's `logger` children. */
const loggers = (): number[] => {
  const table = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return [...table.matchAll(/(\d+) logger/g)].map((match) => Number(match[1]));
};

it('frames lines as RFC 3164 asks, with facility and severity, and loses none at the close', async () => {
  await server.listen(socketPath);
  open();
  log.error('<3>forged\nline', { output: 'a\nb' });
  log.debug('x'.repeat(20_000));
  for (let n = 0; n < 2_000; n++) log.info('line', { n });
  await log.close();
  const head = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d consul-esm\[\d+\]: `;
  const [forged, long, ...rest] = await eventually('all lines', () => server.lines.length >= 2_002 && server.lines);
  expect(forged).toMatch(new RegExp(String.raw`^<155>${head}\[ERROR\] <3>forged\\nline: output="a\\nb"$`));
  expect(long).toMatch(new RegExp(String.raw`^<159>${head}\[DEBUG\] x{7000,}\.\.\.$`));
  expect(rest).toHaveLength(2_000);
  expect(rest.map((line) => Number(/ \[INFO\] line: n=(\d+)$/.exec(line)?.[1]))).toEqual([...Array(2_000).keys()]);
  expect(loggers()).toEqual([]);
});

it('keeps the newest lines while the socket is missing, and tells once when that begins and once when it ends', async () => {
  open({ maxWaitingBytes: 3 * '<158>[INFO] line: n=0\n'.length });
  await eventually('the trouble', () => other.some(({ level }) => level === 'WARN'));
  for (let n = 0; n < 5; n++) log.info('line', { n });
  await server.listen(socketPath);
  await eventually('the end of the trouble', () => other.some(({ body }) => body.includes('again: lines_lost=')));
  log.info('after');
  await eventually('the last line', () => server.text.includes('after'));
  expect(server.lines.filter((line) => line.includes('line: n=')).map((line) => line.slice(-1))).toEqual([
    '2',
    '3',
    '4',
  ]);
  expect(other.filter(({ level }) => level === 'WARN').map(({ body }) => body)).toEqual([
    `[WARN] Syslog takes no lines, trying again: reason="logger: socket ${socketPath}: No such file or directory"`,
  ]);
});

it('starts logger anew when it dies', async () => {
  await server.listen(socketPath);
  open();
  log.info('before');
  await eventually('the first line', () => server.text.includes('before'));
  for (const pid of loggers()) process.kill(pid, 'SIGKILL');
  await eventually('the trouble', () => other.some(({ level }) => level === 'WARN'));
  log.info('meanwhile');
  await eventually('the line kept meanwhile', () => server.text.includes('meanwhile'));
  expect(other.filter(({ level }) => level === 'WARN')).toHaveLength(1);
});

it('says that logger is missing, and lets the daemon go on', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    open();
    const told = await eventually('the trouble', () => other.find(({ level }) => level === 'WARN'));
    expect(told.body).toContain('spawn logger ENOENT');
  } finally {
    process.env['PATH'] = path;
  }
});
