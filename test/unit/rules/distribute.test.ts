import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assignment, ExternalNode, Share } from '../../../machines/model.ts';
import { distribute } from '../../../machines/rules/distribute.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

const node = (name: string, isProbed = false): ExternalNode => ({
  name,
  partition: '',
  address: '192.0.2.1',
  meta: { 'external-node': 'true', ...(isProbed ? { 'external-probe': 'true' } : {}) },
  createIndex: 1,
  modifyIndex: 1,
});

const list = (nodes: readonly string[], probes: readonly string[] = []): Lists => ({ nodes, probes });
const held = (lists: Lists | undefined): string[] => [...(lists?.nodes ?? []), ...(lists?.probes ?? [])];

/** How many nodes are not where they were, of those that an instance in `ids` held. */
const movedNodes = (before: Assignment, after: Assignment, ids: readonly string[]): number =>
  ids.flatMap((id) => held(after.get(id)).filter((name) => !held(before.get(id)).includes(name))).length;

interface Example {
  readonly name: string;
  readonly nodes: readonly ExternalNode[];
  readonly ids: readonly string[];
  readonly before: Readonly<Record<string, Lists>>;
  readonly after: Readonly<Record<string, Lists>>;
}

const examples: readonly Example[] = [
  { name: 'no instances', nodes: [node('a')], ids: [], before: {}, after: {} },
  { name: 'no nodes', nodes: [], ids: ['x'], before: { x: list(['gone']) }, after: { x: list([]) } },
  {
    name: 'probed nodes in Probes only',
    nodes: [node('a'), node('b', true)],
    ids: ['x'],
    before: {},
    after: { x: list(['a'], ['b']) },
  },
  {
    name: 'a node whose probing was switched on stays where it is',
    nodes: [node('a'), node('b', true)],
    ids: ['x', 'y'],
    before: { x: list(['b']), y: list(['a']) },
    after: { x: list([], ['b']), y: list(['a']) },
  },
  {
    name: 'a joining instance takes no more than its part',
    nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => node(name)),
    ids: ['x', 'y'],
    before: { x: list(['a', 'b', 'c', 'd', 'e']) },
    after: { x: list(['a', 'b', 'c']), y: list(['d', 'e']) },
  },
  {
    name: 'of a list that is too long the last by name go, however it is ordered',
    nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => node(name)),
    ids: ['x', 'y'],
    before: { x: list(['e', 'd', 'c', 'b', 'a']) },
    after: { x: list(['a', 'b', 'c']), y: list(['d', 'e']) },
  },
  {
    name: 'the share of a leaving instance is dealt out, the rest stays',
    nodes: ['a', 'b', 'c', 'd'].map((name) => node(name)),
    ids: ['x', 'y'],
    before: { x: list(['a']), y: list(['c']), z: list(['b', 'd']) },
    after: { x: list(['a', 'b']), y: list(['c', 'd']) },
  },
  {
    name: 'a node in two lists is kept by one',
    nodes: ['a', 'b'].map((name) => node(name)),
    ids: ['x', 'y'],
    before: { x: list(['a', 'b']), y: list(['a']) },
    after: { x: list(['a']), y: list(['b']) },
  },
  {
    name: 'the longer list stays the longer one',
    nodes: ['a', 'b', 'c'].map((name) => node(name)),
    ids: ['x', 'y'],
    before: { x: list(['a']), y: list(['b', 'c']) },
    after: { x: list(['a']), y: list(['b', 'c']) },
  },
];

const arbitraryFleet = fc.record({
  nodes: fc.uniqueArray(fc.nat(40), { maxLength: 30 }),
  ids: fc.uniqueArray(fc.constantFrom('u', 'v', 'w', 'x', 'y', 'z'), { minLength: 1 }),
  owners: fc.array(fc.record({ id: fc.constantFrom('u', 'v', 'w', 'x', 'y', 'z'), name: fc.nat(45) }), {
    maxLength: 50,
  }),
});

const currentOf = (owners: readonly { id: string; name: number }[]): Map<string, Lists> => {
  const current = new Map<string, Lists>();
  for (const { id, name } of owners) current.set(id, list([...held(current.get(id)), `n${name}`]));
  return current;
};

describe('distribute', () => {
  it.each(examples)('$name', ({ nodes, ids, before, after }) => {
    expect(Object.fromEntries(distribute(nodes, ids, new Map(Object.entries(before))))).toEqual(after);
  });

  it('gives every node to exactly one instance, in lists within one of each other', () => {
    fc.assert(
      fc.property(arbitraryFleet, ({ nodes, ids, owners }) => {
        const names = nodes.map((n) => `n${n}`);
        const after = distribute(
          names.map((name, i) => node(name, i % 3 === 0)),
          ids,
          currentOf(owners),
        );
        const sizes = ids.map((id) => held(after.get(id)).length);
        expect([...after.values()].flatMap(held).sort()).toEqual([...names].sort());
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves no more nodes than even lists take', () => {
    fc.assert(
      fc.property(arbitraryFleet, ({ nodes, ids, owners }) => {
        const names = new Set(nodes.map((n) => `n${n}`));
        const before = new Map<string, Lists>();
        const taken = new Set<string>();
        for (const [id, lists] of currentOf(owners)) {
          before.set(
            id,
            list(held(lists).filter((name) => names.has(name) && !taken.has(name) && taken.add(name).size > 0)),
          );
        }
        const after = distribute(
          [...names].map((name) => node(name)),
          ids,
          before,
        );
        const size = Math.floor(names.size / ids.length);
        const counts = ids.map((id) => held(before.get(id)).length).sort((a, b) => b - a);
        const kept = counts.map((count, i) => Math.min(count, i < names.size % ids.length ? size + 1 : size));
        expect(movedNodes(before, after, ids)).toBe(names.size - kept.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  it('gives the same lists whatever the order of nodes, instances, and names in a list', () => {
    fc.assert(
      fc.property(arbitraryFleet, ({ nodes, ids, owners }) => {
        const listed = nodes.map((n) => node(`n${n}`, n % 2 === 0));
        const current = currentOf(owners);
        const turnedLists = [...current].map(([id, lists]) => [id, list(held(lists).reverse())] as const);
        const turned = distribute([...listed].reverse(), [...ids].reverse(), new Map(turnedLists.reverse()));
        expect(turned).toEqual(distribute(listed, ids, current));
      }),
    );
  });

  it('finds nothing to move in what it has dealt out itself', () => {
    fc.assert(
      fc.property(arbitraryFleet, ({ nodes, ids, owners }) => {
        const listed = nodes.map((n) => node(`n${n}`, n % 2 === 0));
        const once = distribute(listed, ids, currentOf(owners));
        expect(distribute(listed, ids, once)).toEqual(once);
      }),
    );
  });

  it('deals 60,000 nodes out to 3 instances, and to a fourth without a move among the three', () => {
    const nodes = Array.from({ length: 60_000 }, (_, i) => node(`node-${i}`, i % 2 === 0));
    const three = distribute(nodes, ['a', 'b', 'c'], new Map());
    expect([...three.values()].map((lists) => held(lists).length)).toEqual([20_000, 20_000, 20_000]);
    const four = distribute(nodes, ['a', 'b', 'c', 'd'], three);
    expect([...four.values()].map((lists) => held(lists).length)).toEqual([15_000, 15_000, 15_000, 15_000]);
    const kept = new Set(['a', 'b', 'c'].flatMap((id) => held(three.get(id)).map((name) => `${id}/${name}`)));
    expect(['a', 'b', 'c'].flatMap((id) => held(four.get(id)).filter((name) => !kept.has(`${id}/${name}`)))).toEqual(
      [],
    );
  });
});
