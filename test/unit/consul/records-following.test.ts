/** Whatever a mirror learns and forgets beside a list of which it is told only the changes: it ends where the list does. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkKey, type CheckKey, type CheckRecord } from '../../../machines/model.ts';
import { createRecords, type Records } from '../../../src/consul/records.ts';

type Deed = 'edit' | 'remove' | 'write' | 'look' | 'removeOwn' | 'ask' | 'answer';
const DEEDS: readonly Deed[] = ['edit', 'remove', 'write', 'look', 'removeOwn', 'ask', 'answer'];
const NAMES = ['a', 'b', 'c'];

const record = (checkId: string, modifyIndex: number): CheckRecord => {
  const id = { partition: '', namespace: '', node: 'n', serviceId: '', checkId };
  const texts = { name: '', status: 'passing', output: '', notes: '', serviceName: '', serviceTags: [] };
  return { id, key: checkKey(id), ...texts, definition: undefined, createIndex: 1, modifyIndex };
};

interface List {
  readonly index: number;
  readonly checks: ReadonlyMap<CheckKey, CheckRecord>;
}

/** A catalog, the list that was last asked for, and the one that was last told. */
class World {
  readonly records: Records = createRecords();
  #index = 1;
  readonly #checks = new Map<CheckKey, CheckRecord>();
  #asked: List = { index: 1, checks: new Map() };
  #told: List = { index: 1, checks: new Map() };
  /** What whoever is told the changes has put together of them. */
  readonly followed = new Map<CheckKey, CheckRecord>();

  constructor() {
    this.records.replace([], 1, 0);
  }

  get checks(): ReadonlyMap<CheckKey, CheckRecord> {
    return this.#checks;
  }

  do(deed: Deed, name: string): void {
    const key = record(name, 0).key;
    const known = this.#checks.get(key);
    if (deed === 'ask') this.#asked = { index: this.#index, checks: new Map(this.#checks) };
    else if (deed === 'answer') this.#answer();
    else if (deed === 'look') {
      if (known !== undefined) this.records.learn(known);
    } else if (deed === 'edit' || deed === 'write') {
      const changed = record(name, ++this.#index);
      this.#checks.set(key, changed);
      if (deed === 'write') this.records.learn(changed);
    } else if (known !== undefined) {
      this.#index += 1;
      this.#checks.delete(key);
      if (deed === 'removeOwn') this.records.forget(key);
    }
  }

  #answer(): void {
    const [before, { index, checks }] = [this.#told.checks, this.#asked];
    const changed = [...checks].filter(([key, check]) => before.get(key) !== check).map(([, check]) => check);
    const gone = [...before.keys()].filter((key) => !checks.has(key));
    const news = this.records.change(changed, gone, index);
    this.#told = this.#asked;
    for (const key of news.gone) this.followed.delete(key);
    for (const check of news.changed) this.followed.set(check.key, check);
  }
}

it('holds what the list holds, once nothing happens between question and answer', () => {
  const deeds = fc.array(fc.tuple(fc.constantFrom(...DEEDS), fc.constantFrom(...NAMES)), { maxLength: 40 });
  fc.assert(
    fc.property(deeds, (all) => {
      const world = new World();
      for (const [deed, name] of all) world.do(deed, name);
      world.do('ask', '');
      world.do('answer', '');
      for (const name of NAMES) {
        const { key } = record(name, 0);
        expect(world.records.get(key)).toBe(world.checks.get(key));
      }
      expect([...world.followed.keys()].sort()).toEqual([...world.checks.keys()].sort());
    }),
    { numRuns: 3_000 },
  );
});
