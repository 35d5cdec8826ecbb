import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKey, type CheckKey, type CheckRecord, type ExternalNode } from '../../../machines/model.ts';
import { reconcile, type NodeRecord } from '../../../machines/rules/reconcile.ts';

const aNode = (name: string, createIndex = 1, modifyIndex = createIndex): ExternalNode => ({
  name,
  partition: '',
  address: '10.0.0.1',
  meta: {},
  createIndex,
  modifyIndex,
});

const aCheck = (node: string, checkId: string, createIndex = 1, modifyIndex = createIndex): CheckRecord => {
  const id = { partition: '', namespace: '', node, serviceId: '', checkId };
  const rest = { name: checkId, status: 'passing', output: '', notes: '', serviceName: '', serviceTags: [] };
  return { id, key: checkKey(id), ...rest, definition: undefined, createIndex, modifyIndex };
};

const aRecord = (node: ExternalNode, ...checks: CheckRecord[]): NodeRecord => ({
  node,
  checks: new Map(checks.map((check) => [check.key, check])),
});

const nodesOf = (...records: NodeRecord[]): Map<string, NodeRecord> =>
  new Map(records.map((record) => [record.node.name, record]));

const NOTHING = { stop: [], change: [], start: [] };

describe('reconcile', () => {
  const running = nodesOf(aRecord(aNode('a'), aCheck('a', 'c')));

  it('finds nothing to do for what is as it was', () => {
    expect(reconcile(running, nodesOf(aRecord(aNode('a'), aCheck('a', 'c'))))).toEqual(NOTHING);
  });

  it('starts what is new and stops what is gone, the very last one too', () => {
    const added = aRecord(aNode('b'));
    expect(reconcile(running, nodesOf(added))).toEqual({ stop: ['a'], change: [], start: [added] });
    expect(reconcile(running, new Map())).toEqual({ ...NOTHING, stop: ['a'] });
  });

  it('takes a node that was registered anew for another node', () => {
    const anew = aRecord(aNode('a', 9), aCheck('a', 'c'));
    expect(reconcile(running, nodesOf(anew))).toEqual({ stop: ['a'], change: [], start: [anew] });
  });

  const nothingNew = { node: aNode('a'), isNodeChanged: false, added: [], changed: [], removed: [] };
  const key = aCheck('a', 'c').key;

  it.each<[what: string, wanted: NodeRecord, change: object]>([
    [
      'a changed node',
      aRecord(aNode('a', 1, 2), aCheck('a', 'c')),
      { ...nothingNew, node: aNode('a', 1, 2), isNodeChanged: true },
    ],
    [
      'an added check',
      aRecord(aNode('a'), aCheck('a', 'c'), aCheck('a', 'd')),
      { ...nothingNew, added: [aCheck('a', 'd')] },
    ],
    [
      'a changed check',
      aRecord(aNode('a'), aCheck('a', 'c', 1, 2)),
      { ...nothingNew, changed: [aCheck('a', 'c', 1, 2)] },
    ],
    ['the last check removed', aRecord(aNode('a')), { ...nothingNew, removed: [key] }],
    [
      'a check that was registered anew: another check',
      aRecord(aNode('a'), aCheck('a', 'c', 5)),
      { ...nothingNew, added: [aCheck('a', 'c', 5)], removed: [key] },
    ],
  ])('tells of %s', (_, wanted, change) => {
    expect(reconcile(running, nodesOf(wanted))).toEqual({ ...NOTHING, change: [change] });
  });
});

/** Does what the result says, in the order in which a running node does it: removals first. */
const apply = (running: ReadonlyMap<string, NodeRecord>, result: ReturnType<typeof reconcile>) => {
  const nodes = new Map([...running].map(([name, { node, checks }]) => [name, { node, checks: new Map(checks) }]));
  for (const name of result.stop) expect(nodes.delete(name)).toBe(true);
  for (const { node, isNodeChanged, added, changed, removed } of result.change) {
    const record = nodes.get(node.name)!;
    if (isNodeChanged) record.node = node;
    for (const key of removed) expect(record.checks.delete(key)).toBe(true);
    for (const check of changed) {
      expect(record.checks.has(check.key)).toBe(true);
      record.checks.set(check.key, check);
    }
    for (const check of added) {
      expect(record.checks.has(check.key)).toBe(false);
      record.checks.set(check.key, check);
    }
  }
  for (const { node, checks } of result.start) {
    expect(nodes.has(node.name)).toBe(false);
    nodes.set(node.name, { node, checks: new Map<CheckKey, CheckRecord>(checks) });
  }
  return nodes;
};

const anIndex = fc.integer({ min: 1, max: 3 });
const anyChecks = (node: string) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('c', 'd', 'e'), anIndex, anIndex), { selector: ([id]) => id })
    .map((checks) => checks.map(([id, createIndex, later]) => aCheck(node, id, createIndex, createIndex + later)));
const anyCatalog = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .tuple(anIndex, anIndex, anyChecks(name))
          .map(([createIndex, later, checks]) => aRecord(aNode(name, createIndex, createIndex + later), ...checks)),
      ),
    ),
  )
  .map((records) => nodesOf(...records));

describe('any two catalogs', () => {
  it('applied to what runs, the result gives what is wanted; and then there is nothing to do', () => {
    fc.assert(
      fc.property(anyCatalog, anyCatalog, (running, wanted) => {
        const after = apply(running, reconcile(running, wanted));
        expect([...after].sort()).toEqual([...wanted].sort());
        expect(reconcile(after, wanted)).toEqual(NOTHING);
      }),
    );
  });
});
