/** Lists that one value cannot hold: what the leader writes is what instances and the next leader read, and nothing in between. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCatalog } from '../../../src/consul/catalog.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import type { ListChange, ShareEntry } from '../../../src/consul/consul.ts';
import { createFleet } from '../../../src/consul/fleet.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { readOwnList } from '../../../src/consul/own-list.ts';
import { createRecords } from '../../../src/consul/records.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, follow, forever, type Watched } from '../../support/consul-client.ts';

const keys = createKeys({ kvPath: 'esm/', leaderKey: 'esm/leader' });
const SELF = 'esm:one';
/** What a transaction takes in one value. */
const LIMIT = 380 * 1024;

let consul: TestConsul;
let client: ConsulClient;
let session: string;

beforeAll(async () => {
  consul = await startConsul();
  client = await connect(consul);
});
afterAll(async () => {
  await client.close();
  await consul.stop();
});
beforeEach(async () => {
  session = await newSession();
  await consul.put(`/kv/${keys.leader}?acquire=${session}`, '');
});
afterEach(async () => {
  await consul.put(`/session/destroy/${session}`);
  await consul.delete(`/kv/${keys.root}?recurse`);
});

const newSession = async (): Promise<string> =>
  ((await consul.put('/session/create', { LockDelay: '0s' })) as { ID: string }).ID;
const fleet = () => createFleet({ client, keys, service: 'esm', tag: '' });
const write = (serviceId: string, share: ListChange['share'], by = session) =>
  fleet().writeLists([{ serviceId, share }], by, forever);
const read = async (serviceId: string) => (await fleet().readLists(forever)).get(serviceId);
const followShare = (serviceId: string): Watched<ShareEntry> =>
  follow<ShareEntry>((observer) =>
    createCatalog({
      client,
      keys,
      serviceId,
      records: createRecords(),
      nodeMeta: () => ({}),
      isStaleAllowed: false,
    }).watchShare(observer),
  );

const list = (length: number, kind = 'n') => ({
  nodes: Array.from({ length }, (_, at) => `${kind}-a-node-with-a-name-as-long-as-they-come-here-${at}`),
  probes: [`${kind}-probed`],
});
const sizeOf = (entry: ShareEntry): number => (entry.type === 'list' ? entry.share.nodes.length : -1);

interface Entry {
  readonly Key: string;
  readonly Value: string;
  readonly ModifyIndex: number;
}

/** Everything in the folder of lists. */
async function entries(): Promise<readonly Entry[]> {
  const { status, body } = await consul.ask('GET', `/kv/${keys.agents}?recurse&consistent`);
  return status === 200 ? (body as readonly Entry[]) : []; // safe: what /v1/kv answers with 200
}
const keysLeft = async (): Promise<string[]> => (await entries()).map(({ Key }) => Key);
const partsLeft = async (): Promise<string[]> => (await keysLeft()).filter((key) => key.includes('/part-'));

describe('a list of 20,000 long names', () => {
  it('is read by its instance, after a failed fence and by the leader as it was written', async () => {
    const long = list(20_000);
    using own = followShare(SELF);
    expect(await write(SELF, long)).toBe(true);
    const held = await own.until('the list', ({ type }) => type === 'list');
    const first = (await entries()).find(({ Key }) => Key === keys.agent(SELF));
    expect(held).toEqual({ type: 'list', share: { ...long, modifyIndex: first?.ModifyIndex } });
    expect(await read(SELF)).toEqual(held);
    expect(await readOwnList({ client, keys }, SELF, forever)).toEqual(held);
    expect(own.answers.map(sizeOf).filter((size) => size >= 0)).toEqual([20_000]);
    expect(own.troubles).toEqual([]);
  });

  it('stands in keys of which none is too long for a transaction, the first of them the oldest readers can read', async () => {
    await write(SELF, list(20_000));
    const all = await entries();
    const values = all.map(({ Value }) => Buffer.from(Value, 'base64'));
    expect(all.length).toBe(3);
    expect(Math.max(...values.map((value) => value.length))).toBeLessThanOrEqual(LIMIT);
    const first = JSON.parse(values[0]!.toString()) as { Nodes: string[]; Probes: string[] };
    expect(first.Nodes.length).toBeGreaterThan(6_000);
    expect(first.Probes).toEqual([]);
  });

  it('is never seen otherwise than whole while another takes its place', async () => {
    using own = followShare(SELF);
    await write(SELF, list(20_000, 'a'));
    await own.until('the first', (entry) => sizeOf(entry) === 20_000);
    for (const [kind, length] of [
      ['b', 24_000],
      ['c', 8_000],
      ['d', 30_000],
    ] as const) {
      await write(SELF, list(length, kind));
      await own.until(kind, (entry) => sizeOf(entry) === length);
    }
    for (const entry of own.answers) {
      if (entry.type !== 'list') continue;
      const [kind = '?'] = entry.share.probes[0] ?? '';
      expect(entry.share.nodes.every((name) => name.startsWith(kind))).toBe(true);
      expect([20_000, 24_000, 8_000, 30_000]).toContain(entry.share.nodes.length);
    }
    expect(own.troubles).toEqual([]);
  });

  it('leaves no part behind when it shrinks to one key, or is removed', async () => {
    await write('esm:other', list(20_000));
    for (const share of [list(3), undefined]) {
      await write(SELF, list(20_000));
      expect(await partsLeft()).toHaveLength(4);
      await write(SELF, share);
      expect((await partsLeft()).every((key) => key.startsWith(keys.agent('esm:other')))).toBe(true);
      expect(await partsLeft()).toHaveLength(2);
    }
    expect(await read('esm:other')).toMatchObject({ type: 'list', share: list(20_000) });
  });

  it('takes no list of another along, though its id begin alike', async () => {
    const ids = [SELF, `${SELF}/2`, `${SELF}/part`, `${SELF}0`];
    for (const id of ids) await write(id, list(8_000, id));
    await write(SELF, undefined);
    const left = await fleet().readLists(forever);
    expect([...left.keys()].sort()).toEqual(ids.slice(1).sort());
    for (const [id, entry] of left) expect(entry).toMatchObject({ type: 'list', share: list(8_000, id) });
  });

  it('is written with the lock only: neither a part nor the first key changes without', async () => {
    await write(SELF, list(20_000, 'a'));
    const before = await entries();
    const other = await newSession();
    expect(await write(SELF, list(24_000, 'b'), other)).toBe(false);
    expect(await write(SELF, list(3, 'b'), other)).toBe(false);
    expect(await write(SELF, undefined, other)).toBe(false);
    expect(await entries()).toEqual(before);
  });

  it('changes in its first key with every write, so that the fence of removals falls', async () => {
    const [long, longer] = [list(20_000), { ...list(20_000), probes: ['another'] }];
    await write(SELF, long);
    const before = await readOwnList({ client, keys }, SELF, forever);
    await write(SELF, longer);
    const after = await readOwnList({ client, keys }, SELF, forever);
    expect([before.type, after.type]).toEqual(['list', 'list']);
    expect(after).not.toMatchObject({ share: { modifyIndex: before.type === 'list' && before.share.modifyIndex } });
  });
});

describe('a part deleted by hand', () => {
  const maim = async (): Promise<void> => {
    const [part] = await partsLeft();
    await consul.delete(`/kv/${part ?? ''}`);
  };

  it('makes the list incomplete, not shorter, for the leader and for an instance that starts', async () => {
    await write(SELF, list(20_000));
    await maim();
    expect(await read(SELF)).toMatchObject({ type: 'incomplete' });
    expect(await readOwnList({ client, keys }, SELF, forever)).toMatchObject({ type: 'incomplete' });
    using own = followShare(SELF);
    await own.until('an answer', () => true);
    expect(own.answers.map(({ type }) => type)).toEqual(['incomplete']);
  });

  it('is made up for by the same list written again, which wakes who waits for it', async () => {
    await write(SELF, list(20_000));
    await maim();
    using own = followShare(SELF);
    await own.until('the incomplete list', ({ type }) => type === 'incomplete');
    await write(SELF, list(20_000));
    await own.until('the whole list', (entry) => sizeOf(entry) === 20_000);
    expect(await partsLeft()).toHaveLength(2);
  });

  it('changes nothing for an instance that has the list', async () => {
    using own = followShare(SELF);
    await write(SELF, list(20_000));
    await own.until('the list', (entry) => sizeOf(entry) === 20_000);
    await maim();
    await write(SELF, list(20_001));
    await own.until('the next list', (entry) => sizeOf(entry) === 20_001);
    expect(own.answers.map(({ type }) => type).filter((type) => type === 'incomplete')).toEqual([]);
  });
});

describe('what a leader that died has left', () => {
  it('of parts alone is an incomplete list, and removed with it', async () => {
    await write(SELF, list(20_000));
    await consul.delete(`/kv/${keys.agent(SELF)}`);
    expect(await read(SELF)).toMatchObject({ type: 'incomplete' });
    await write(SELF, undefined);
    expect(await keysLeft()).toEqual([]);
  });

  it('of another version does not touch the list in force, and goes with the next', async () => {
    await write(SELF, list(20_000));
    await consul.put(`/kv/${keys.agent(SELF)}/part-unfinished-2`, JSON.stringify({ Nodes: ['x'], Probes: [] }));
    expect(await read(SELF)).toMatchObject({ type: 'list', share: list(20_000) });
    await write(SELF, list(20_001));
    expect(await partsLeft()).toHaveLength(2);
  });
});

it('tells a list of 512 KiB that is none, and one that is, as what they are', async () => {
  using own = followShare(SELF);
  await consul.put(`/kv/${keys.agent(SELF)}`, '['.repeat(512 * 1024));
  await own.until('garbage', ({ type }) => type === 'unreadable');
  const names = Array.from({ length: 40_000 }, (_, at) => `node-${at}`);
  await consul.put(`/kv/${keys.agent(SELF)}`, JSON.stringify({ Nodes: names, Probes: null }));
  await own.until('a long list by hand', (entry) => sizeOf(entry) === 40_000);
  await consul.put(`/kv/${keys.agent(SELF)}`, '{"Nodes":[],"Probes":[],"Parts":2,"Version":"a/b"}');
  await own.until('nonsense', ({ type }) => type === 'unreadable');
});
