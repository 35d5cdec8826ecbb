import { expect, it } from 'vitest';
import type { Share } from '../../../machines/model.ts';
import { listChanges, readableLists, type ListChange } from '../../../machines/rules/changes.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

const list = (nodes: readonly string[], probes: readonly string[] = []): Lists => ({ nodes, probes });
const EMPTY = list([]);

interface Example {
  readonly name: string;
  readonly target: Readonly<Record<string, Lists>>;
  readonly known: Readonly<Record<string, Lists | undefined>>;
  readonly registered?: Readonly<Record<string, 'peer' | 'stranger'>>;
  readonly changes: readonly ListChange[];
}

const examples: readonly Example[] = [
  { name: 'nothing where nothing differs', target: { x: list(['a']) }, known: { x: list(['a']) }, changes: [] },
  {
    name: 'nothing where only the order differs, or a name stands twice',
    target: { x: list(['a', 'b'], ['c']) },
    known: { x: list(['b', 'a', 'b'], ['c']) },
    changes: [],
  },
  {
    name: 'a first list, empty ones too: the instance learns from it that it has no share',
    target: { x: EMPTY },
    known: {},
    changes: [{ serviceId: 'x', share: EMPTY }],
  },
  {
    name: 'a list that cannot be read',
    target: { x: list(['a']) },
    known: { x: undefined },
    changes: [{ serviceId: 'x', share: list(['a']) }],
  },
  {
    name: 'a node that moves from Nodes to Probes',
    target: { x: list([], ['a']) },
    known: { x: list(['a']) },
    changes: [{ serviceId: 'x', share: list([], ['a']) }],
  },
  {
    name: 'a name more, a name less of equally many',
    target: { x: list(['a', 'c']) },
    known: { x: list(['a', 'b']) },
    changes: [{ serviceId: 'x', share: list(['a', 'c']) }],
  },
  {
    name: 'lists that take up nodes before those that give them away',
    target: { x: list(['a']), y: list(['b']) },
    known: { x: list(['a', 'b']), y: EMPTY },
    changes: [
      { serviceId: 'y', share: list(['b']) },
      { serviceId: 'x', share: list(['a']) },
    ],
  },
  {
    name: 'a list that keeps nodes and takes one up, to ping or not, before one that only gives away',
    target: { x: list(['a']), y: list(['c', 'd']), z: list(['e'], ['b']) },
    known: { x: list(['a', 'b', 'd']), y: list(['c']), z: list(['e']) },
    changes: [
      { serviceId: 'y', share: list(['c', 'd']) },
      { serviceId: 'z', share: list(['e'], ['b']) },
      { serviceId: 'x', share: list(['a']) },
    ],
  },
  {
    name: 'removals in the order of their names',
    target: {},
    known: { second: EMPTY, first: EMPTY },
    changes: [
      { serviceId: 'first', share: undefined },
      { serviceId: 'second', share: undefined },
    ],
  },
  {
    name: 'the removal of a list that nobody is registered for, last',
    target: { x: list(['a']) },
    known: { gone: list(['a']), x: EMPTY },
    changes: [
      { serviceId: 'x', share: list(['a']) },
      { serviceId: 'gone', share: undefined },
    ],
  },
  {
    name: 'the emptying of a sick peer, once',
    target: { x: list(['a']) },
    known: { sick: list(['a']), healthyOnceMore: EMPTY, x: list(['a']) },
    registered: { sick: 'peer', healthyOnceMore: 'peer', x: 'peer' },
    changes: [{ serviceId: 'sick', share: EMPTY }],
  },
  {
    name: 'nothing of a stranger, though its list be unreadable',
    target: { x: list(['a']) },
    known: { other: list(['a']), odd: undefined, x: list(['a']) },
    registered: { other: 'stranger', odd: 'stranger' },
    changes: [],
  },
  {
    name: 'the removal of an unreadable list of nobody',
    target: {},
    known: { gone: undefined },
    changes: [{ serviceId: 'gone', share: undefined }],
  },
];

it.each(examples)('writes $name', ({ target, known, registered = {}, changes }) => {
  const seen = listChanges(
    new Map(Object.entries(target)),
    new Map(Object.entries(known)),
    new Map(Object.entries(registered)),
  );
  expect(seen).toEqual(changes);
});

it('takes what can be read for the assignment in force', () => {
  const known = new Map([
    ['x', list(['a'])],
    ['odd', undefined],
  ]);
  expect(readableLists(known)).toEqual(new Map([['x', list(['a'])]]));
});
