import { describe, expect, test } from 'vitest';
import { checkKey, type CatalogDefinition, type CheckRecord } from '../../../machines/model.ts';
import { parseDefinition } from '../../../src/probes/definition.ts';

const record = (definition: CatalogDefinition | undefined, serviceId = 'web1'): CheckRecord => {
  const id = { partition: '', namespace: '', node: 'foo', serviceId, checkId: 'check' };
  const rest = { name: '', status: 'critical', output: '', notes: '', serviceName: '', serviceTags: [] };
  return { id, key: checkKey(id), ...rest, definition, createIndex: 1, modifyIndex: 1 };
};

const HTTP = 'http://localhost:8000/health';

/** What parsing gives for a definition with these fields beside the URL. */
const timing = (fields: CatalogDefinition, serviceId?: string) => {
  const parsed = parseDefinition(record({ HTTP, ...fields }, serviceId));
  if (parsed.type !== 'runnable') throw new Error('not runnable');
  const { definition: _definition, ...times } = parsed;
  return times;
};

test('the example of the README', () => {
  const definition = { TCP: 'localhost:8000', Interval: '5s', Timeout: '1s', DeregisterCriticalServiceAfter: '30s' };
  expect(parseDefinition(record(definition))).toEqual({
    type: 'runnable',
    definition: { type: 'tcp', address: 'localhost:8000', host: 'localhost', port: 8_000 },
    intervalMs: 5_000,
    timeoutMs: 1_000,
    deregisterAfterMs: 30_000,
    warnings: [],
  });
});

test('every field of an HTTP definition', () => {
  const definition = {
    HTTP: 'https://db.example:8443/ping?x=1',
    Method: 'POST',
    Header: { Host: ['other.example'], 'X-Token': ['a', 'b'], 'X-None': [], 'X-Null': null },
    Body: '{"a":1}',
    TLSSkipVerify: true,
    TLSServerName: 'db.internal',
    DisableRedirects: true,
  };
  expect(parseDefinition(record(definition))).toMatchObject({
    definition: {
      type: 'http',
      shownUrl: 'https://db.example:8443/ping?x=1',
      url: { isTls: true, host: 'db.example', port: 8_443, authority: 'db.example:8443', target: '/ping?x=1' },
      method: 'POST',
      headers: [
        ['Host', 'other.example'],
        ['X-Token', 'a'],
        ['X-Token', 'b'],
      ],
      body: '{"a":1}',
      isCertificateIgnored: true,
      tlsServerName: 'db.internal',
      isRedirectFollowed: false,
    },
  });
});

describe('interval', () => {
  test.each([
    [undefined, 30_000, 0],
    ['0s', 30_000, 0],
    [0, 30_000, 0],
    ['', 30_000, 0],
    ['1s', 1_000, 0],
    ['1m30s', 90_000, 0],
    [5_000_000_000, 5_000, 0],
    ['999ms', 1_000, 1],
    ['10ms', 1_000, 1],
    ['-1s', 1_000, 1],
    ['10ns', 1_000, 1],
    [10, 1_000, 1],
    ['banana', 30_000, 1],
    [{}, 30_000, 1],
  ])('%j is %d ms with %d warnings', (Interval, intervalMs, warnings) => {
    const parsed = timing({ Interval });
    expect(parsed.intervalMs).toBe(intervalMs);
    expect(parsed.warnings).toHaveLength(warnings);
  });

  test('the warning says what was found and what is used', () => {
    expect(timing({ Interval: '10ms' }).warnings).toEqual(['interval 10ms is below the minimum, using 1s']);
    expect(timing({ Interval: 'banana' }).warnings).toEqual(['interval "banana" is not a duration, using 30s']);
  });
});

test.each([
  [undefined, 10_000],
  ['0s', 10_000],
  ['-1s', 10_000],
  ['banana', 10_000],
  ['100ms', 100],
  [2_000_000_000, 2_000],
])('timeout %j is %d ms', (Timeout, timeoutMs) => {
  expect(timing({ Timeout }).timeoutMs).toBe(timeoutMs);
});

test.each([
  [undefined, 'web1', undefined],
  ['0s', 'web1', undefined],
  ['-5s', 'web1', undefined],
  ['1m30s', 'web1', 90_000],
  ['1m30s', '', undefined],
])('DeregisterCriticalServiceAfter %j of service %j is %j ms', (after, serviceId, deregisterAfterMs) => {
  expect(timing({ DeregisterCriticalServiceAfter: after }, serviceId).deregisterAfterMs).toBe(deregisterAfterMs);
});

describe('what is not run', () => {
  test.each<[CatalogDefinition | undefined, object]>([
    [undefined, { type: 'none' }],
    [{}, { type: 'none' }],
    [{ Interval: '10s' }, { type: 'none' }],
    [{ HTTP: '', TCP: '' }, { type: 'none' }],
    [{ HTTP: null }, { type: 'none' }],
    [{ GRPC: 'localhost:1/x' }, { type: 'unsupported', kind: 'gRPC' }],
    [{ UDP: 'localhost:1' }, { type: 'unsupported', kind: 'UDP' }],
    [{ H2PING: 'localhost:1' }, { type: 'unsupported', kind: 'H2PING' }],
    [
      { TCP: 'localhost:1', TCPUseTLS: true },
      { type: 'unsupported', kind: 'TCP with TLS' },
    ],
  ])('%j', (definition, parsed) => {
    expect(parseDefinition(record(definition))).toEqual(parsed);
  });

  test('HTTP comes before TCP, TCP before the rest', () => {
    expect(timing({ TCP: 'localhost:1', GRPC: 'x' })).toBeDefined();
    expect(parseDefinition(record({ TCP: 'localhost:1', GRPC: 'x' }))).toMatchObject({ definition: { type: 'tcp' } });
  });
});

describe('nonsense becomes an output that says why', () => {
  test.each<[CatalogDefinition, string]>([
    [{ HTTP: 'http://' }, 'Get "http://": http: no Host in request URL'],
    [{ HTTP: 'http:/path' }, 'Get "http:/path": http: no Host in request URL'],
    [{ HTTP: 'not a url' }, 'Get "not a url": unsupported protocol scheme ""'],
    [{ HTTP: 'localhost:8000' }, 'Get "localhost:8000": unsupported protocol scheme "localhost"'],
    [{ HTTP: 'ftp://h/' }, 'Get "ftp://h/": unsupported protocol scheme "ftp"'],
    [{ HTTP: 'http://h:99999/' }, 'Get "http://h:99999/": dial tcp: address 99999: invalid port'],
    [{ HTTP: 'http://h:x/' }, 'parse "http://h:x/": invalid host or port "h:x"'],
    [{ HTTP: 'http://[::bad' }, 'parse "http://[::bad": missing \']\' in host'],
    [{ HTTP: 'http://h/%zz' }, 'parse "http://h/%zz": invalid URL escape'],
    [{ HTTP: 'http://h/\r\nX: y' }, 'parse "http://h/\\r\\nX: y": net/url: invalid control character in URL'],
    [{ HTTP: 'http://user:secret@h:99999/' }, 'Get "http://user:***@h:99999/": dial tcp: address 99999: invalid port'],
    [{ HTTP: 7 }, 'HTTP is not a text: 7'],
    [{ HTTP, Method: 'GE T' }, 'net/http: invalid method "GE T"'],
    [{ HTTP, Method: 'GET\r\nX: y' }, 'net/http: invalid method "GET\\r\\nX: y"'],
    [{ HTTP, Header: { 'a b': ['c'] } }, `Get "${HTTP}": net/http: invalid header field name "a b"`],
    [{ HTTP, Header: { a: ['c\r\nX: y'] } }, `Get "${HTTP}": net/http: invalid header field value for "a"`],
    [{ HTTP, Header: { a: ['\0'] } }, `Get "${HTTP}": net/http: invalid header field value for "a"`],
    [{ HTTP, Header: { a: 'b' } }, `Get "${HTTP}": Header "a" is not a list of texts`],
    [{ HTTP, Header: ['a'] }, `Get "${HTTP}": Header is not a map of lists`],
    [{ TCP: 'nonsense' }, 'dial tcp: address nonsense: missing port in address'],
    [{ TCP: 'h:99999' }, 'dial tcp: address 99999: invalid port'],
    [{ TCP: 'h:http' }, 'dial tcp: address http: invalid port'],
    [{ TCP: 'a:b:1' }, 'dial tcp: address a:b:1: too many colons in address'],
    [{ TCP: '[::1:1' }, "dial tcp: address [::1:1: missing ']' in address"],
    [{ TCP: '[::1]' }, 'dial tcp: address [::1]: missing port in address'],
    [{ TCP: ['h:1'] }, 'TCP is not a text: ["h:1"]'],
  ])('%j', (definition, reason) => {
    expect(parseDefinition(record(definition))).toMatchObject({ definition: { type: 'invalid', reason } });
  });
});
