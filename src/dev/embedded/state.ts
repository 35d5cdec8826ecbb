/** All that the server keeps: tables, the indexes they moved at, and who wants to know. */
import type { Clock } from '../../clock.ts';
import type { CheckRecord, CoordinateRecord, Instance, KvRecord, NodeRecord, SessionRecord } from './records.ts';
import { Journal, Table } from './table.ts';

/** Joins the parts of a key; no name holds it. */
const SEPARATOR = '\u0000';

/** Catalog keys know no case. */
export const keyOf = (...parts: readonly string[]): string => parts.join(SEPARATOR).toLowerCase();

/** A key that all keys of records under these parts begin with. */
export const under = (...parts: readonly string[]): string => keyOf(...parts) + SEPARATOR;

/** Told after each write of what it touched. */
export type CommitObserver = (topics: ReadonlySet<string>) => void;

export class State {
  readonly clock: Clock;
  readonly #journal = new Journal();
  readonly nodes = this.#table<NodeRecord>();
  /** By node and id. */
  readonly services = this.#table<Instance>();
  /** By name, node and id. */
  readonly instances = this.#table<Instance>();
  /** By node and id. */
  readonly checks = this.#table<CheckRecord>();
  readonly kv = this.#table<KvRecord>();
  /** At which index a key was deleted. */
  readonly tombstones = this.#table<number>();
  readonly sessions = this.#table<SessionRecord>();
  /** By node and segment. */
  readonly coordinates = this.#table<CoordinateRecord>();
  /** Until when, in milliseconds, a key cannot be locked. */
  readonly lockDelays = this.#table<number>();
  readonly #indexes = this.#table<number>();
  readonly #observers: CommitObserver[] = [];
  #topics = new Set<string>();
  /** A real server has elected itself and noted its peers before the first write. */
  #index = 4;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The index of the write under way, or of the last one. */
  get index(): number {
    return this.#index;
  }

  /** Runs a write at an index of its own. When `change` throws, nothing of it remains but the index. */
  write<T>(change: () => T): T {
    this.#index += 1;
    try {
      const result = change();
      this.#journal.commit();
      this.#tell();
      return result;
    } catch (error) {
      this.#journal.rollback();
      this.#topics = new Set();
      throw error;
    }
  }

  observe(observer: CommitObserver): void {
    this.#observers.push(observer);
  }

  /** Says that something about `topic` has changed, without moving an index. */
  touch(topic: string): void {
    this.#topics.add(topic);
  }

  /** Moves the index called `name` to that of this write. */
  move(name: string): void {
    this.#indexes.set(name, this.#index);
    this.touch(name);
  }

  forget(name: string): void {
    this.#indexes.delete(name);
    this.touch(name);
  }

  /** The last move of the index called `name`; undefined: it never did. */
  indexOf(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  /** The latest move of all these; 0: none did. */
  latest(...names: readonly string[]): number {
    return Math.max(...names.map((name) => this.#indexes.get(name) ?? 0));
  }

  #tell(): void {
    const topics = this.#topics;
    this.#topics = new Set();
    if (topics.size > 0) for (const observer of this.#observers) observer(topics);
  }

  #table<V>(): Table<V> {
    return new Table<V>(this.#journal);
  }
}
