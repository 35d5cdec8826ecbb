import { expect, it } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { createLog } from '../../../src/observe/create-log.ts';
import type { Line, OpenSink } from '../../../src/observe/sink.ts';

const NOON: Clock = {
  now: () => new Date(2017, 9, 31, 12).getTime(),
  setTimeout: () => 0,
  clearTimeout: () => undefined,
  afterPoll: () => undefined,
};

const memory = (lines: Line[]): OpenSink => {
  return () => ({ write: (line) => lines.push(line), close: () => Promise.resolve() });
};

it('writes lines at or above its level to every sink, and follows a change of level', () => {
  const [one, two]: [Line[], Line[]] = [[], []];
  const log = createLog({ level: 'INFO', clock: NOON, sinks: [memory(one), memory(two)] });
  const all = (): void => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level](level, { n: 1 });
  };
  all();
  log.setLevel('ERROR');
  all();
  log.setLevel('TRACE');
  all();
  expect(one.map(({ level }) => level).join(' ')).toBe('INFO WARN ERROR ERROR TRACE DEBUG INFO WARN ERROR');
  expect(two).toEqual(one);
  expect(one[0]).toEqual({ level: 'INFO', stamp: '2017/10/31 12:00:00', body: '[INFO] info: n=1' });
});

it('writes JSON when asked to', () => {
  const lines: Line[] = [];
  createLog({ level: 'INFO', json: true, clock: NOON, sinks: [memory(lines)] }).warn('hot', { n: 1 });
  expect(JSON.parse(lines[0]!.body)).toMatchObject({ '@level': 'warn', '@message': 'hot', n: 1 });
});

it('lets a sink report its own trouble, and drops what comes after the close', async () => {
  const lines: Line[] = [];
  const log = createLog({
    level: 'INFO',
    sinks: [
      memory(lines),
      (own) => ({
        write: ({ level }) => {
          if (level === 'ERROR') own.warn('trouble');
        },
        close: () => Promise.resolve(),
      }),
    ],
  });
  log.error('first');
  await log.close();
  log.error('late');
  await log.close();
  expect(lines.map(({ body }) => body)).toEqual(['[ERROR] first', '[WARN] trouble']);
});
