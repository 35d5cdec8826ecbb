import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/config/read.ts';

const loaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('/hcl2-parser/'));

const read = async (text: string) => readDocument('esm.hcl', new TextEncoder().encode(text));

describe('HCL 2', () => {
  it('costs 46 MB only where a file needs it', async () => {
    await read('datacenter = "dc1"\nexternal_node_meta { a = "1" }');
    await read('{ "datacenter": "dc1" }');
    await read('{ "datacenter" "dc1" }');
    expect(loaded()).toBe(false);
    expect(await read('external_node_meta = { "a" : "1" }\n')).toHaveProperty('root');
    expect(loaded()).toBe(true);
  });

  it.each([
    'token = lower("X")',
    'token = other_token',
    'token = "a${1 + 2}"\nx = { a : 1 }',
    'x = [{ a : other }]',
    'a = "$${b}"\nx = { c : 1 }',
  ])('never lets %j pass for plain text', async (text) => {
    expect(await read(text)).toHaveProperty('sentence');
  });

  it('keeps nulls and nested blocks', async () => {
    const document = await read('a = "x"\nb = { c : null }\nd {\n  e = [1, true]\n}\n');
    expect('root' in document && document.root.entries.map(({ key, value }) => [key, value])).toMatchObject([
      ['a', { type: 'scalar', value: 'x' }],
      ['b', { type: 'block', entries: [{ key: 'c', value: { type: 'scalar', value: null } }] }],
      ['d', { type: 'list', items: [{ type: 'block', entries: [{ key: 'e', value: { type: 'list' } }] }] }],
    ]);
  });
});
