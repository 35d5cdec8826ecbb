/**
 * The lists `<kv>agents/<service id>`: `{"Nodes":[...],"Probes":[...]}`, either of which Go instances may write as null. A list
 * that is too long for one value says there `"Parts"` and `"Version"` besides, and its parts stand in keys of their own.
 */
import type { Share } from '../../machines/model.ts';
import type { ShareEntry } from './consul.ts';
import type { KvEntry } from './kv.ts';
import { firstKeyOf, isVersion, partKey, partsFolder } from './parts.ts';
import { MAX_VALUE_BYTES, split } from './split.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;
type Unreadable = Extract<ShareEntry, { type: 'unreadable' }>;

/** What one key holds: a whole list, or one part of it. */
interface Part extends Lists {
  readonly type: 'part';
  /** How many parts there are, this one counted; 1: it is the whole list. */
  readonly parts: number;
  readonly version: string;
}

/** Reads a list: its first key, and those of its parts among `further`. One that lacks a part is told as incomplete. */
export function parseShare(first: KvEntry, further: readonly KvEntry[] = []): ShareEntry {
  const head = parsePart(first);
  if (head.type === 'unreadable') return head;
  const entries = new Map(further.map((entry) => [entry.key, entry]));
  const pieces: Lists[] = [head];
  for (let place = 2; place <= head.parts; place++) {
    const entry = entries.get(partKey(first.key, head.version, place));
    if (entry === undefined) return { type: 'incomplete', rest: partsFolder(first.key, head.version) };
    const piece = parsePart(entry);
    if (piece.type === 'unreadable') return piece;
    pieces.push(piece);
  }
  const nodes = pieces.flatMap((piece) => piece.nodes);
  const probes = pieces.flatMap((piece) => piece.probes);
  // A change of any part is a new version, which the first key names: its index is the fence of the whole list.
  return { type: 'list', share: { nodes, probes, modifyIndex: first.modifyIndex } };
}

/** Reads all lists of a folder, by their first keys. What a removed list has left behind is an incomplete one. */
export function parseShares(entries: readonly KvEntry[]): ReadonlyMap<string, ShareEntry> {
  const further = new Map<string, KvEntry[]>();
  const shares = new Map<string, ShareEntry>();
  for (const entry of entries) {
    const first = firstKeyOf(entry.key);
    if (first === undefined) continue;
    shares.set(first, { type: 'incomplete', rest: entry.key });
    further.set(first, [...(further.get(first) ?? []), entry]);
  }
  for (const entry of entries) {
    if (firstKeyOf(entry.key) === undefined) shares.set(entry.key, parseShare(entry, further.get(entry.key)));
  }
  return shares;
}

/** A list as KV holds it: the value of the first key, and those of its further parts in order, named by `version`. */
export function renderShare(share: Lists, version: string, maxBytes = MAX_VALUE_BYTES): readonly [string, ...string[]] {
  const whole = render(share);
  if (Buffer.byteLength(whole) <= maxBytes) return [whole];
  const [first = share, ...further] = split(share, maxBytes);
  return [render(first, { Parts: further.length + 1, Version: version }), ...further.map((piece) => render(piece))];
}

const render = ({ nodes, probes }: Lists, more: object = {}): string =>
  JSON.stringify({ Nodes: nodes, Probes: probes, ...more });

/** Reads one key. What is no list is told as unreadable, never as empty: an empty list would stop every check. */
function parsePart(entry: KvEntry): Part | Unreadable {
  const unreadable = (reason: string): Unreadable => ({ type: 'unreadable', key: entry.key, reason });
  let list: unknown;
  try {
    list = JSON.parse(entry.value.toString('utf8'));
  } catch {
    return unreadable('not JSON');
  }
  if (typeof list !== 'object' || list === null || Array.isArray(list)) return unreadable('not an object');
  const [nodes, probes] = [namesIn(list, 'Nodes'), namesIn(list, 'Probes')];
  if (nodes === undefined || probes === undefined) return unreadable('Nodes and Probes must be lists of names');
  const { Parts: parts = 1, Version: version = '' }: { Parts?: unknown; Version?: unknown } = list;
  if (parts === 1) return { type: 'part', nodes, probes, parts, version: '' };
  if (!isCount(parts) || !isVersion(version)) return unreadable('Parts and Version must tell where the rest is');
  return { type: 'part', nodes, probes, parts, version };
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 1;

function namesIn(list: object, field: 'Nodes' | 'Probes'): readonly string[] | undefined {
  const names: unknown = field in list ? Reflect.get(list, field) : null;
  if (names === null) return [];
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
}
