import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/config/read.ts';

const read = async (text: string) => readDocument('esm.hcl', new TextEncoder().encode(text));

/** In a process of its own, where Node alone loads modules: says after each text whether the parser has been loaded. */
const loadedAfter = async (texts: readonly string[]): Promise<unknown> => {
  const program = `
    import { createRequire } from 'node:module';
    import { readDocument } from ${JSON.stringify(new URL('../../../src/config/read.ts', import.meta.url).href)};
    const { cache } = createRequire(process.cwd() + '/');
    const loaded = [];
    for (const text of ${JSON.stringify(texts)}) {
      await readDocument('esm.hcl', new TextEncoder().encode(text));
      loaded.push(Object.keys(cache).some((path) => path.includes('/hcl2-parser/')));
    }
    console.log(JSON.stringify(loaded));
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
};

describe('HCL 2', () => {
  it('costs 46 MB only where a file needs it', async () => {
    const others = [
      'datacenter = "dc1"\nexternal_node_meta { a = "1" }',
      '{ "datacenter": "dc1" }',
      '{ "datacenter" "dc1" }',
    ];
    const hcl2 = 'external_node_meta = { "a" : "1" }\n';
    expect(await loadedAfter([...others, hcl2])).toEqual([false, false, false, true]);
    expect(await read(hcl2)).toHaveProperty('root');
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
