import { expect, it } from 'vitest';
import { EsmError } from '../../../src/errors.ts';
import { jsonLines } from '../../../src/observe/json.ts';
import type { LogFields, LogLevel } from '../../../src/observe/log.ts';

const NOW_MS = new Date(2017, 9, 31, 21, 59, 41, 42).getTime();

const parsed = (level: LogLevel, message: string, fields: LogFields = {}): Record<string, unknown> => {
  const { body, stamp } = jsonLines()(level, NOW_MS, message, fields);
  expect(stamp).toBe('');
  expect(body).not.toContain('\n');
  return JSON.parse(body) as Record<string, unknown>; // safe: a log line is an object
};

it('holds timestamp, level, message and the fields', () => {
  const line = parsed('WARN', 'slow %s', { check: 'web1', tries: 3, nodes: ['a'], gone: undefined });
  expect(line).toEqual({
    '@timestamp': expect.stringMatching(/^2017-10-31T21:59:41\.042[+-]\d\d:\d\d$/) as unknown,
    '@level': 'warn',
    '@message': 'slow %s',
    check: 'web1',
    tries: 3,
    nodes: ['a'],
  });
  expect(Date.parse(String(line['@timestamp']))).toBe(NOW_MS);
});

it.each<[LogLevel, string]>([
  ['TRACE', 'trace'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['ERROR', 'error'],
])('names the level %s', (level, name) => {
  expect(parsed(level, 'm')['@level']).toBe(name);
});

it('reduces errors to code and message, and keeps line breaks inside', () => {
  const error = new EsmError('ESM_CONSUL_FORBIDDEN', 'Permission denied', { cause: new Error('hidden') });
  expect(parsed('ERROR', 'a\nb', { error, nested: { cause: new Error('x\ny') } })).toMatchObject({
    '@message': 'a\nb',
    error: { code: 'ESM_CONSUL_FORBIDDEN', message: 'Permission denied' },
    nested: { cause: { message: 'x\ny' } },
  });
});
