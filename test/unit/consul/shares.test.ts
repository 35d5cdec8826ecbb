/** Lists that are too long for one key: cut, put together again, and never taken for shorter ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Share } from '../../../machines/model.ts';
import type { KvEntry } from '../../../src/consul/kv.ts';
import { firstKeyOf, isVersion, newVersion, partKey } from '../../../src/consul/parts.ts';
import { parseShare, parseShares, renderShare } from '../../../src/consul/shares.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

const FIRST = 'esm/agents/esm:one';
const LIMIT = 380 * 1024;
const INDEX = 7;

const entry = (key: string, value: string, modifyIndex = INDEX): KvEntry => ({
  key,
  value: Buffer.from(value),
  modifyIndex,
  lockIndex: 0,
  session: '',
  flags: '0',
});

/** The entries of a list, the first key's before the others. */
const entriesOf = (values: readonly string[], version = 'v1', first = FIRST): KvEntry[] =>
  values.map((value, at) => entry(at === 0 ? first : partKey(first, version, at + 1), value, INDEX + at));

const joined = ([first, ...further]: readonly KvEntry[]) => parseShare(first!, further);
const plain = ({ nodes, probes }: Lists): string => JSON.stringify({ Nodes: nodes, Probes: probes });
const longList = (length: number): Lists => ({
  nodes: Array.from({ length }, (_, at) => `a-node-with-a-name-as-long-as-they-come-here-${at}`),
  probes: ['p'],
});

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '"', '\\\\', '\u0000', 'ü', '😀', '\ud800'),
);
const anyNames = fc.array(anyName, { maxLength: 80, size: 'max' });
const anyList = fc.record({ nodes: anyNames, probes: anyNames });
/** More than one value of 400 bytes holds. */
const anyLongList = anyList.map(({ nodes, probes }) => ({
  nodes: [...nodes, 'n'.repeat(200)],
  probes: [...probes, 'p'.repeat(200)],
}));
/** Limits at which nearly every such list falls apart. */
const anyLimit = fc.integer({ min: 450, max: 1_500 });

describe('a list', () => {
  it('is the same after it was cut and put together, in whatever order its keys are told', () => {
    fc.assert(
      fc.property(anyList, anyLimit, (list, maxBytes) => {
        const [first, ...further] = entriesOf(renderShare(list, 'v1', maxBytes));
        expect(parseShare(first!, further.reverse())).toEqual({ type: 'list', share: { ...list, modifyIndex: INDEX } });
      }),
    );
  });

  it('is in one key, in the form that Go instances read, if and only if that fits', () => {
    fc.assert(
      fc.property(anyList, anyLimit, (list, maxBytes) => {
        const values = renderShare(list, 'v1', maxBytes);
        if (Buffer.byteLength(plain(list)) <= maxBytes) expect(values).toEqual([plain(list)]);
        else expect(values.length).toBeGreaterThan(1);
      }),
    );
  });

  it('is cut to values that all fit, none of them empty', () => {
    fc.assert(
      fc.property(anyList, anyLimit, (list, maxBytes) => {
        const values = renderShare(
          list,
          newVersion(() => 0.999_999),
          maxBytes,
        );
        expect(Math.max(...values.map((value) => Buffer.byteLength(value)))).toBeLessThanOrEqual(maxBytes);
        if (values.length > 1) for (const value of values) expect(value).not.toContain('{"Nodes":[],"Probes":[]');
      }),
    );
  });

  it('is incomplete, and never a shorter one, when a part of it is not there', () => {
    fc.assert(
      fc.property(anyLongList, fc.nat(), (list, choice) => {
        const [first, ...further] = entriesOf(renderShare(list, 'v1', 400));
        expect(parseShare(first!, further.toSpliced(choice % further.length, 1))).toMatchObject({ type: 'incomplete' });
      }),
    );
  });

  it('of 20,000 long names is in few keys of at most 380 KiB', () => {
    const list = longList(20_000);
    const values = renderShare(list, 'v1');
    expect(values.map((value) => Buffer.byteLength(value) <= LIMIT)).toEqual([true, true, true]);
    expect(joined(entriesOf(values))).toEqual({ type: 'list', share: { ...list, modifyIndex: INDEX } });
    expect(JSON.parse(values[0])).toMatchObject({ Parts: 3, Version: 'v1' });
  });

  it('just at the limit is whole, and one byte beyond it is not', () => {
    const room = LIMIT - Buffer.byteLength(plain({ nodes: [''], probes: [] }));
    expect(renderShare({ nodes: ['x'.repeat(room)], probes: [] }, 'v1')).toHaveLength(1);
    expect(renderShare({ nodes: ['x'.repeat(room - 10), 'x'.repeat(8)], probes: [] }, 'v1')).toHaveLength(2);
  });

  it('does not take the parts of another version, though they be there', () => {
    const values = renderShare(longList(20_000), 'v2');
    const stale = entriesOf(values, 'v1');
    expect(joined(stale)).toEqual({ type: 'incomplete', rest: `${FIRST}/part-v2-` });
  });

  it('with a part that is no list is told by the key of that part', () => {
    const [first, second, third] = entriesOf(renderShare(longList(20_000), 'v1'));
    const broken = entry(third!.key, '{"Nodes":[');
    expect(parseShare(first!, [second!, broken])).toEqual({ type: 'unreadable', key: third!.key, reason: 'not JSON' });
  });

  it.each([
    '"Parts":0,"Version":"v1"',
    '"Parts":-2,"Version":"v1"',
    '"Parts":2.5,"Version":"v1"',
    '"Parts":1e999,"Version":"v1"',
    '"Parts":"2","Version":"v1"',
    '"Parts":null,"Version":"v1"',
    '"Parts":[2],"Version":"v1"',
    '"Parts":2',
    '"Parts":2,"Version":""',
    '"Parts":2,"Version":7',
    '"Parts":2,"Version":"../../x"',
    '"Parts":2,"Version":{}',
  ])('that says %s is unreadable', (more) => {
    expect(parseShare(entry(FIRST, `{"Nodes":["a"],"Probes":[],${more}}`))).toMatchObject({
      type: 'unreadable',
      key: FIRST,
      reason: 'Parts and Version must tell where the rest is',
    });
  });

  it('that claims any number of parts costs no more than looking for the first', () => {
    const first = entry(FIRST, '{"Nodes":["a"],"Probes":[],"Parts":9007199254740991,"Version":"v1"}');
    expect(parseShare(first)).toEqual({ type: 'incomplete', rest: `${FIRST}/part-v1-` });
  });
});

describe('a folder of lists', () => {
  const list = longList(20_000);
  const values = renderShare(list, 'v1');

  it('is read list by list, whatever slashes ids hold', () => {
    const ids = ['one', 'one/2', 'one/part', 'o/n/e', 'one/part-x-y'].map((id) => `esm/agents/${id}`);
    const entries = ids.flatMap((key) => entriesOf(values, 'v1', key)).reverse();
    const shares = parseShares(entries);
    expect([...shares.keys()].sort()).toEqual([...ids].sort());
    for (const share of shares.values()) expect(share).toMatchObject({ type: 'list', share: list });
  });

  it('shows a list in force beside the parts of another version', () => {
    const left = entriesOf(values, 'old').slice(1);
    expect(parseShares([...left, entry(FIRST, '{"Nodes":["a"],"Probes":[]}')]).get(FIRST)).toMatchObject({
      type: 'list',
      share: { nodes: ['a'] },
    });
    expect(parseShares([...left, ...entriesOf(values)]).get(FIRST)).toMatchObject({ type: 'list', share: list });
  });

  it('shows parts that stand alone as a list that lacks something, so that somebody removes them', () => {
    const shares = parseShares(entriesOf(values).slice(1));
    expect([...shares].map(([key, { type }]) => [key, type])).toEqual([[FIRST, 'incomplete']]);
  });
});

describe('the key of a part', () => {
  it.each(['esm:one', 'a/b', 'a/part-v-2', 'a\nb', ''])('tells the first key, whatever the id: %j', (id) => {
    const first = `esm/agents/${id}`;
    expect(firstKeyOf(partKey(first, newVersion(Math.random), 12))).toBe(first);
  });

  it.each(['esm/agents/a', 'esm/agents/a/2', 'esm/agents/a/part-2', 'esm/agents/a/part-v-2/x', 'part-v-2'])(
    'is none: %s',
    (key) => {
      expect(firstKeyOf(key)).toBeUndefined();
    },
  );

  it('bears a version that differs from write to write', () => {
    const versions = Array.from({ length: 1_000 }, () => newVersion(Math.random));
    expect(new Set(versions).size).toBe(1_000);
    expect(versions.every(isVersion)).toBe(true);
  });
});
