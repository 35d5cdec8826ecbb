import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/consul/address.ts';
import { listOf } from '../../../src/consul/answer.ts';
import { chunk } from '../../../src/consul/chunks.ts';
import { isUnfitForSession, refusal } from '../../../src/consul/errors.ts';
import { parseEntries } from '../../../src/consul/kv.ts';
import { parseCheck, parseList, parseNode } from '../../../src/consul/parse.ts';
import { parseShare } from '../../../src/consul/shares.ts';

const answer = (status: number, text: string) => ({ status, index: 1, isFiltered: false, body: Buffer.from(text) });

describe('http_addr', () => {
  it.each([
    ['localhost:8500', 'http://localhost:8500', '', undefined],
    [':8500', 'http://localhost:8500', '', undefined],
    ['[::1]:8500', 'http://[::1]:8500', '', undefined],
    ['https://c.example:8501', 'https://c.example:8501', '', undefined],
    ['http://c.example/consul/', 'http://c.example', '/consul', undefined],
    ['unix:///run/consul.sock', 'http://localhost', '', '/run/consul.sock'],
  ])('%s', (text, origin, prefix, socketPath) => {
    const address = parseAddress(text);
    expect(address).toMatchObject({ prefix, socketPath });
    expect(address.origin.origin).toBe(origin);
  });

  it.each(['ftp://h', 'host:port', 'http://', ''])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'ESM_CONFIG_INVALID' }) as Error);
  });

  it('shows no password', () => {
    expect(parseAddress('http://user:secret@h:1').shown).toBe('http://h:1');
  });
});

describe('refusals', () => {
  it.each([
    [403, 'Permission denied', 'ESM_CONSUL_FORBIDDEN'],
    [500, 'rpc error making call: Permission denied', 'ESM_CONSUL_FORBIDDEN'],
    [500, 'rpc error: ACL not found', 'ESM_CONSUL_FORBIDDEN'],
    [429, 'Your IP is issuing too many concurrent connections', 'ESM_CONSUL_UNAVAILABLE'],
    [500, 'No cluster leader', 'ESM_CONSUL_UNAVAILABLE'],
    [503, '', 'ESM_CONSUL_UNAVAILABLE'],
    [400, 'Request decode failed', 'ESM_CONSUL_REFUSED'],
    [413, 'Transaction contains too many operations (65 > 64)', 'ESM_CONSUL_REFUSED'],
    [301, 'Moved Permanently', 'ESM_CONSUL_REFUSED'],
  ])('%i %s is %s', (status, text, code) => {
    expect(refusal('asking', answer(status, text))).toMatchObject({ code });
  });

  it('quote no more than a line of what came back', () => {
    expect(refusal('asking', answer(500, 'x\n'.repeat(100_000))).message.length).toBeLessThan(400);
  });

  it('know a check on which no session can be made', () => {
    expect(isUnfitForSession(answer(500, "Check 'x' is in critical state"))).toBe(true);
    expect(isUnfitForSession(answer(500, "Missing check 'x' registration"))).toBe(true);
    expect(isUnfitForSession(answer(500, 'No cluster leader'))).toBe(false);
  });
});

describe('what the catalog holds', () => {
  it.each([null, 7, 'text', [], {}, { Node: '' }, { Node: 5 }, { Node: ['a'] }])('leaves out %j', (entry) => {
    expect(parseNode(entry)).toBeUndefined();
    expect(parseCheck(entry)).toBeUndefined();
  });

  it('makes the rest fit', () => {
    const entry = {
      Node: 'n',
      CheckID: 'c',
      Status: 7,
      Output: null,
      ServiceTags: [1, 'a'],
      Definition: 'x',
      ModifyIndex: -1,
    };
    expect(parseCheck(entry)).toMatchObject({
      status: '',
      output: '',
      serviceTags: ['a'],
      definition: undefined,
      modifyIndex: 0,
    });
    expect(parseNode({ Node: 'n', Meta: { a: 'b', c: 1 } })).toMatchObject({ address: '', meta: { a: 'b' } });
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (list) => {
        parseList(list, parseCheck);
        parseList(list, parseNode);
      }),
    );
  });

  it.each([
    ['null', []],
    ['[1]', [1]],
  ])('is a list: %s', (text, list) => {
    expect(listOf('reading', answer(200, text))).toEqual(list);
  });

  it.each(['{}', '""', 'true', '{"Results":[]}', '<html>'])(
    'is none: %s, which must not pass for an empty one',
    (text) => {
      const unavailable = expect.objectContaining({ code: 'ESM_CONSUL_UNAVAILABLE' }) as Error;
      expect(() => listOf('reading', answer(200, text))).toThrow(unavailable);
    },
  );
});

describe('a list of an instance', () => {
  const entry = (text: string) =>
    parseShare({ key: 'k', value: Buffer.from(text), modifyIndex: 3, lockIndex: 0, session: '', flags: '0' });

  it.each([
    ['{"Nodes":["a"],"Probes":["b"]}', ['a'], ['b']],
    ['{"Nodes":null,"Probes":null}', [], []],
    ['{}', [], []],
  ])('reads %s', (text, nodes, probes) => {
    expect(entry(text)).toEqual({ type: 'list', share: { nodes, probes, modifyIndex: 3 } });
  });

  it.each(['', 'null', '[]', '"a"', '{"Nodes":"a"}', '{"Nodes":[1]}', '{"Nodes":{}}', '{"Nodes":['])(
    'cannot read %j',
    (text) => {
      expect(entry(text)).toMatchObject({ type: 'unreadable', key: 'k' });
    },
  );
});

it('reads flags beyond 2^53 exactly, and finds none within a key', () => {
  const text = '[{"Key":"\\"Flags\\": 5","Flags": 3304740253564472344,"Value":null,"ModifyIndex":2}]';
  expect(parseEntries('reading', answer(200, text))).toMatchObject([
    { key: '"Flags": 5', flags: '3304740253564472344' },
  ]);
});

it('packs groups whole, in order, under both limits, with room for a fence', () => {
  const operation = (bytes: number) => ({ KV: { Verb: 'set', Key: 'k', Value: 'x'.repeat(bytes) } });
  const groups = fc.array(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 5 }), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(groups, (sizes) => {
      const all = sizes.map((group) => ({ operations: group.map(operation) }));
      const chunks = chunk(all);
      expect(chunks.flat()).toEqual(all);
      for (const part of chunks) {
        const operations = part.flatMap((group) => group.operations);
        expect(operations.length).toBeLessThanOrEqual(63);
        if (part.length > 1) expect(JSON.stringify(operations).length).toBeLessThan(500 * 1024);
      }
    }),
    { numRuns: 30 },
  );
});
