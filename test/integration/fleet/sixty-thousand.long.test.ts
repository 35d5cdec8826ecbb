/** 60,000 nodes whose lists fit no single key: three instances share them, and two take over from the third. */
import { expect, test } from 'vitest';
import { createFleet as createLists } from '../../../src/consul/fleet.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { startConsul } from '../../support/consul.ts';
import { connect, forever } from '../../support/consul-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { startInstances } from '../../support/instances.ts';
import { untilLeader } from '../../support/shares.ts';

const NODES = 60_000;
const IDS = ['one', 'two', 'three'];
/** Consul takes so many operations in a transaction. */
const TOGETHER = 64;
const IN_FLIGHT = 4;
/** What an instance may hold: it knows all nodes of the catalog, and runs a machine for each of its own. */
const MOST_MEGABYTES = 700;

const nameOf = (at: number): string => `an-external-node-with-a-name-of-fifty-bytes-${String(at).padStart(6, '0')}`;

/** Registers all nodes, none of them to be pinged and none with a check. */
async function registerAll({ consul, unpinged }: Fleet): Promise<void> {
  const operations = Array.from({ length: NODES }, (_, at) => ({
    Node: { Verb: 'set', Node: { Node: nameOf(at), Address: '127.0.0.1', Meta: unpinged } },
  }));
  const work = async (): Promise<void> => {
    while (operations.length > 0) await consul.put('/txn', operations.splice(-TOGETHER));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

test('each node has one owner, lists are even, and one that ends leaves its share to the others', async () => {
  await using consul = await startConsul();
  const fleet = createFleet(consul, 'sixty');
  const client = await connect(consul);
  const keys = createKeys({ kvPath: `${fleet.name}/`, leaderKey: `${fleet.name}/leader` });
  const lists = createLists({ client, keys, service: fleet.name, tag: '' });
  /** The names in the lists of just these instances, once they are even and hold all nodes; rejects otherwise. */
  const untilEven = (ids: readonly string[]): Promise<readonly (readonly string[])[]> =>
    eventually(
      `${NODES} nodes shared among ${ids.join(', ')}`,
      async () => {
        const shares = await lists.readLists(forever);
        const held = ids.map((id) => {
          const entry = shares.get(fleet.serviceId(id));
          return entry?.type === 'list' ? entry.share.nodes : [];
        });
        return shares.size === ids.length && held.every(({ length }) => length === NODES / ids.length) && held;
      },
      { deadlineMs: 120_000, everyMs: 250 },
    );

  await using instances = await startInstances(fleet, IDS);
  const leader = await untilLeader(fleet);
  await registerAll(fleet);
  const before = await untilEven(IDS);
  expect(new Set(before.flat()).size).toBe(NODES);

  const heirs = IDS.filter((id) => id !== leader);
  instances.get(leader).signal('SIGTERM');
  const after = await untilEven(heirs);
  expect(new Set(after.flat()).size).toBe(NODES);
  for (const [at, id] of heirs.entries()) {
    const kept = new Set(after[at]);
    expect(before[IDS.indexOf(id)]?.every((name) => kept.has(name))).toBe(true);
  }
  expect(await instances.get(leader).ended).toBe(0);
  for (const id of heirs) {
    expect(await instances.get(id).peakMegabytes()).toBeLessThan(MOST_MEGABYTES);
    expect(instances.get(id).lines('ERROR')).toEqual([]);
  }
  await client.close();
});
