/** What two servers may tell differently, told by rule. */
import type { Scene } from './play.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INDEX_TOLD = /(current modify index )(\d+)/;
const INDEX_FIELD = /^(Create|Modify)?Index$/;

/**
 * Indexes become their rank among all indexes of the story: which are equal, which moved and which is later stays, by how much
 * a server counts on does not. An id becomes the place of its first appearance.
 */
export function normalised(scenes: readonly Scene[]): readonly Scene[] {
  const indexes = new Set<number>();
  const ids = new Map<string, string>();
  for (const { index, body } of scenes) {
    if (index !== undefined) indexes.add(index);
    visit(body, (value) => indexes.add(value));
  }
  const ranks = new Map([...indexes].sort((a, b) => a - b).map((index, rank) => [index, rank]));
  const rank = (index: number): number => (index < 2 ? index : (ranks.get(index) ?? -1) + 1000);
  const named = (text: string): string =>
    text.replaceAll(UUID, (id) => ids.get(id) ?? (ids.set(id, `<id ${ids.size + 1}>`), ids.get(id) ?? ''));
  const retold = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string')
      return named(value).replace(INDEX_TOLD, (_, what, index) => `${what}${rank(Number(index))}`);
    if (typeof value === 'number') return INDEX_FIELD.test(key) ? rank(value) : value;
    if (Array.isArray(value)) return value.map((part) => retold(part));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [named(name), retold(part, name)]));
  };
  return scenes.map((scene) => ({
    ...scene,
    line: scene.line,
    index: scene.index === undefined ? undefined : rank(scene.index),
    body: retold(scene.body),
  }));
}

function visit(value: unknown, found: (index: number) => void, key = ''): void {
  if (typeof value === 'number' && INDEX_FIELD.test(key)) found(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) visit(part, found, Array.isArray(value) ? '' : name);
}

/** The value at a path such as `0.ModifyIndex` in the body, the whole `body`, or the header `index`. */
export function at({ index, body }: Scene, path: string): unknown {
  if (path === 'index') return index;
  if (path === 'body') return body;
  return path.split('.').reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Readonly<Record<string, unknown>>)[part]; // safe: a lookup in whatever JSON held
  }, body);
}

/** `{name}` in a text becomes the value kept under that name. */
export const filled = (text: string, kept: ReadonlyMap<string, unknown>): string =>
  text.replaceAll(/\{(\w+)\}/g, (braced, name: string) => (kept.has(name) ? String(kept.get(name)) : braced));
