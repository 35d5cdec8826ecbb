/** Which nodes this instance is to run, and with which checks. */
import type { CheckKey, CheckRecord, ExternalNode } from '../machines/model.ts';
import type { NodeRecord } from '../machines/rules/reconcile.ts';
import type { CheckNews } from './consul/consul.ts';

/** Each change tells the names of the nodes that it is about: none while share, nodes or checks are not known yet, then all. */
export interface WantedNodes {
  setShare(share: ReadonlySet<string>): Iterable<string>;
  setNodes(nodes: readonly ExternalNode[]): Iterable<string>;
  changeChecks(news: CheckNews): Iterable<string>;
  /** A node that stands in the share and in the catalog, with its checks. */
  get(name: string): NodeRecord | undefined;
}

type Checks = Map<CheckKey, CheckRecord>;

const nodeOf = (key: CheckKey): string => key.split('\0')[2] ?? '';

const isSame = (one: ExternalNode | undefined, other: ExternalNode | undefined): boolean =>
  one?.createIndex === other?.createIndex && one?.modifyIndex === other?.modifyIndex;

const NO_CHECKS: ReadonlyMap<CheckKey, CheckRecord> = new Map();

export const createWantedNodes = (): WantedNodes => {
  let share: ReadonlySet<string> | undefined;
  let nodes: ReadonlyMap<string, ExternalNode> | undefined;
  let checks: Map<string, Checks> | undefined;

  const isKnown = (): boolean => share !== undefined && nodes !== undefined && checks !== undefined;

  const all = (): ReadonlySet<string> => new Set([...(share ?? []), ...(nodes?.keys() ?? [])]);

  /** Runs `change`; what it concerns are the nodes it tells, or, when only now everything is known, all. */
  const changing = (change: () => Iterable<string>): Iterable<string> => {
    const wasKnown = isKnown();
    const concerned = change();
    if (!isKnown()) return [];
    return wasKnown ? concerned : all();
  };

  /** What was given out stays as it was: a node's checks are changed in a copy, of which `edited` has one for each node. */
  const editable = (node: string, edited: Map<string, Checks>): Checks => {
    const known = edited.get(node);
    if (known !== undefined) return known;
    const copy = new Map(checks?.get(node));
    edited.set(node, copy);
    return copy;
  };

  /** Names of the nodes whose checks have changed. */
  const edit = ({ changed, gone }: CheckNews): Iterable<string> => {
    const edited = new Map<string, Checks>();
    for (const key of gone) editable(nodeOf(key), edited).delete(key);
    for (const record of changed) {
      const { key, id } = record;
      const known = (edited.get(id.node) ?? checks?.get(id.node))?.get(key);
      if (known !== record) editable(id.node, edited).set(key, record);
    }
    for (const [node, its] of edited) {
      if (its.size > 0) checks?.set(node, its);
      else checks?.delete(node);
    }
    return edited.keys();
  };

  return {
    setShare: (next) =>
      changing(() => {
        const before = share ?? new Set();
        share = next;
        return [...[...before].filter((name) => !next.has(name)), ...[...next].filter((name) => !before.has(name))];
      }),
    setNodes: (next) =>
      changing(() => {
        const before = nodes ?? new Map<string, ExternalNode>();
        const after = new Map(next.map((node) => [node.name, node]));
        nodes = after;
        const isOther = (name: string): boolean => !isSame(before.get(name), after.get(name));
        return [...new Set([...before.keys(), ...after.keys()])].filter(isOther);
      }),
    changeChecks: (news) =>
      changing(() => {
        const before = news.isWhole ? [...(checks?.keys() ?? [])] : [];
        if (news.isWhole) checks = new Map();
        return new Set([...before, ...edit(news)]);
      }),
    get(name) {
      const node = share?.has(name) === true ? nodes?.get(name) : undefined;
      return node && { node, checks: checks?.get(name) ?? NO_CHECKS };
    },
  };
};
