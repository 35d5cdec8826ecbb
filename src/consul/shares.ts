/** The lists `<kv>agents/<service id>`: `{"Nodes":[...],"Probes":[...]}`, either of which Go instances may write as null. */
import type { Share } from '../../machines/model.ts';
import type { ShareEntry } from './consul.ts';
import type { KvEntry } from './kv.ts';

/** Reads a list. What is not one is told as unreadable, never as empty: an empty list would stop every check. */
export function parseShare(entry: KvEntry): ShareEntry {
  const unreadable = (reason: string): ShareEntry => ({ type: 'unreadable', key: entry.key, reason });
  let list: unknown;
  try {
    list = JSON.parse(entry.value.toString('utf8'));
  } catch {
    return unreadable('not JSON');
  }
  if (typeof list !== 'object' || list === null || Array.isArray(list)) return unreadable('not an object');
  const [nodes, probes] = [namesIn(list, 'Nodes'), namesIn(list, 'Probes')];
  if (nodes === undefined || probes === undefined) return unreadable('Nodes and Probes must be lists of names');
  return { type: 'list', share: { nodes, probes, modifyIndex: entry.modifyIndex } };
}

/** A list as KV holds it. */
export const renderShare = ({ nodes, probes }: Pick<Share, 'nodes' | 'probes'>): string =>
  JSON.stringify({ Nodes: nodes, Probes: probes });

function namesIn(list: object, field: 'Nodes' | 'Probes'): readonly string[] | undefined {
  const names: unknown = field in list ? Reflect.get(list, field) : null;
  if (names === null) return [];
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
}
