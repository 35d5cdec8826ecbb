import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExternalNode } from '../../../machines/model.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { createCatalog } from '../../../src/consul/catalog.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import type { CheckNews, ShareEntry } from '../../../src/consul/consul.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { createRecords } from '../../../src/consul/records.ts';
import { type BlockingQuery, startWatch } from '../../../src/consul/watch.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, follow, forever } from '../../support/consul-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const keys = createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' });
const catalogOf = (
  client: ConsulClient,
  records = createRecords(),
  nodeMeta: () => Readonly<Record<string, string>> = () => ({ 'external-node': 'true' }),
  isCrowded?: () => boolean,
) =>
  createCatalog({
    client,
    records,
    keys,
    serviceId: 'consul-esm:one',
    nodeMeta,
    isStaleAllowed: false,
    isCrowded,
  });

const register = (consul: TestConsul, node: string, more: object = {}) =>
  consul.put('/catalog/register', { Node: node, Address: '10.0.0.1', NodeMeta: { 'external-node': 'true' }, ...more });
const names = (nodes: readonly ExternalNode[]): string[] => nodes.map(({ name }) => name).sort();

describe('against one agent', () => {
  let consul: TestConsul;
  let client: ConsulClient;

  beforeAll(async () => {
    consul = await startConsul();
    client = await connect(consul);
  });
  afterAll(async () => {
    await client.close();
    await consul.stop();
  });

  it('tells external nodes only, and every change at once', async () => {
    using nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(client).watchNodes(observer));
    await nodes.until('an empty catalog', (list) => list.length === 0);
    await consul.put('/catalog/register', { Node: 'inner', Address: '10.0.0.2' });
    await register(consul, 'a');
    await nodes.until('node a', (list) => names(list).join() === 'a');
    await register(consul, 'b', {
      Address: 'b.example',
      NodeMeta: { 'external-node': 'true', 'external-probe': 'true' },
    });
    const [, b] = await nodes.until('node b', (list) => list.length === 2);
    expect(b).toMatchObject({ name: 'b', address: 'b.example', meta: { 'external-probe': 'true' } });
    await consul.put('/catalog/deregister', { Node: 'a' });
    await consul.put('/catalog/deregister', { Node: 'b' });
    await nodes.until('the removal of the very last', (list) => list.length === 0);
    expect(nodes.troubles).toEqual([]);
  });

  /** How long a watch rests after answers whose bodies take `comesMs` to come, of which `readMs` are this process's own work. */
  const restsAfter = async (comesMs: number, readMs: number): Promise<readonly number[]> => {
    const rests: number[] = [];
    let aheadMs = 0;
    const clock: Clock = {
      ...systemClock,
      now: () => Date.now() + aheadMs,
      setTimeout(call, delayMs) {
        rests.push(delayMs);
        return systemClock.setTimeout(call, Math.min(delayMs, 10));
      },
    };
    let value = '';
    const long: BlockingQuery<string> = {
      what: 'watching a key',
      path: '/v1/kv/long',
      query: [['raw', '']],
      isAbsentOk: true,
      isEachTold: true,
      reader() {
        aheadMs += comesMs;
        value = '';
        return {
          push(bytes) {
            value += bytes.toString();
          },
        };
      },
      readMs: () => readMs,
      parse: ({ status, body }) => (status === 200 ? `read: ${value}, gathered: ${body.toString()}` : 'absent'),
    };
    await consul.delete('/kv/long');
    using values = follow<string>((observer) => startWatch({ ...client, clock }, long, observer));
    await values.until('no key', (told) => told === 'absent');
    for (let write = 0; write < 5; write += 1) {
      await consul.put('/kv/long', String(write));
      await values.until('the value', (told) => told === `read: ${write}, gathered: `);
    }
    return rests;
  };

  it('rests for what an answer cost here, and not for what others did while its body came', async () => {
    expect(Math.max(0, ...(await restsAfter(10_000, 0)))).toBeLessThan(1_000);
    expect(Math.max(0, ...(await restsAfter(0, 2_000)))).toBeGreaterThan(4_000);
  });

  it('tells no answer twice', async () => {
    await register(consul, 'quiet', { Check: { Node: 'quiet', CheckID: 'c', Status: 'passing' } });
    using checks = follow<CheckNews>((observer) => catalogOf(client).watchChecks(observer));
    await checks.until('the check', ({ changed }) => changed.length === 1);
    await consul.put('/agent/check/register', { ID: 'other', Name: 'other', TTL: '10m' });
    await consul.put('/agent/check/pass/other');
    await register(consul, 'quiet', { Check: { Node: 'quiet', CheckID: 'c', Status: 'critical' } });
    await checks.until('the new status', ({ changed: [check] }) => check?.status === 'critical');
    expect(checks.answers.map(({ changed: [check] }) => check?.status)).toEqual(['passing', 'critical']);
    await consul.put('/catalog/deregister', { Node: 'quiet' });
  });

  it('reads a list that a crowd of own writes changes every 2 s, and then all that came meanwhile', async () => {
    const clock = createVirtualClock();
    let reads = 0;
    const counting: ConsulClient = {
      ...client,
      clock,
      async ask(call, signal) {
        if (call.path === '/v1/health/state/any') reads += 1;
        return await client.ask(call, signal);
      },
    };
    const catalog = catalogOf(counting, createRecords(), undefined, () => true);
    using checks = follow<CheckNews>((observer) => catalog.watchChecks(observer));
    await eventually('the first list', () => checks.answers.length === 1);
    reads = 0;
    for (const id of ['1', '2', '3', '4', '5'])
      await register(consul, 'crowded', { Check: { Node: 'crowded', CheckID: id, Status: 'passing' } });
    await clock.advance(1_999);
    expect(reads).toBe(0);
    await clock.advance(1);
    await checks.until('all of them', ({ changed }) => changed.length === 5);
    expect(reads).toBe(1);
    await consul.put('/catalog/deregister', { Node: 'crowded' });
  });

  it('feeds the mirror before the observer', async () => {
    const records = createRecords();
    await register(consul, 'mirrored', { Check: { Node: 'mirrored', CheckID: 'c', Status: 'passing' } });
    const known: boolean[] = [];
    const watch = catalogOf(client, records).watchChecks({
      onAnswer: ({ changed }) => known.push(changed.every(({ key }) => records.get(key) !== undefined)),
      onTrouble: () => undefined,
    });
    await eventually('an answer', () => known.length > 0);
    watch.stop();
    expect(known).toEqual([true]);
    await consul.put('/catalog/deregister', { Node: 'mirrored' });
  });

  it('tells the own list: absent, held, unreadable, held again', async () => {
    using share = follow<ShareEntry>((observer) => catalogOf(client).watchShare(observer));
    await share.until('no list', ({ type }) => type === 'absent');
    await consul.put(`/kv/${keys.agent('consul-esm:one')}`, '{"Nodes":["a"],"Probes":null}');
    const held = await share.until('a list', ({ type }) => type === 'list');
    expect(held).toMatchObject({ share: { nodes: ['a'], probes: [] } });
    await consul.put(`/kv/${keys.agent('consul-esm:one')}`, '{"Nodes":[');
    expect(await share.until('garbage', ({ type }) => type === 'unreadable')).toMatchObject({ reason: 'not JSON' });
    await consul.put(`/kv/${keys.agent('consul-esm:one')}`, '{}');
    await share.until('an empty list', ({ type }) => type === 'list');
  });

  it('tells nothing after stop', async () => {
    const nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(client).watchNodes(observer));
    await nodes.until('an answer', () => true);
    nodes.watch.stop();
    using later = follow<readonly ExternalNode[]>((observer) => catalogOf(client).watchNodes(observer));
    await register(consul, 'late');
    await later.until('the late node', (list) => names(list).includes('late'));
    expect(nodes.answers).toHaveLength(1);
    expect(nodes.troubles).toEqual([]);
    await consul.put('/catalog/deregister', { Node: 'late' });
  });

  it('asks by another external_node_meta at once, and by it from then on', async () => {
    let meta: Record<string, string> = { 'external-node': 'true' };
    const catalog = catalogOf(client, createRecords(), () => meta);
    await register(consul, 'old', { Check: { Node: 'old', CheckID: 'c' } });
    await register(consul, 'new', { NodeMeta: { kind: 'new' }, Check: { Node: 'new', CheckID: 'c' } });
    using nodes = follow<readonly ExternalNode[]>((observer) => catalog.watchNodes(observer));
    using leaders = follow<readonly ExternalNode[]>((observer) => catalog.watchNodes(observer));
    using checks = follow<CheckNews>((observer) => catalog.watchChecks(observer));
    const stopped = follow<readonly ExternalNode[]>((observer) => catalog.watchNodes(observer));
    await nodes.until('the old node', (list) => names(list).join() === 'old');
    await leaders.until('the old node', (list) => names(list).join() === 'old');
    await checks.until('its check', ({ changed }) => changed.map(({ id }) => id.node).join() === 'old');
    await stopped.until('the old node', (list) => names(list).join() === 'old');
    stopped.watch.stop();
    meta = { kind: 'new' };
    catalog.requery();
    await nodes.until('the new node', (list) => names(list).join() === 'new');
    await leaders.until('the new node', (list) => names(list).join() === 'new');
    await checks.until('its check', ({ changed, gone }) => changed[0]?.id.node === 'new' && gone.length === 1);
    await register(consul, 'newer', { NodeMeta: { kind: 'new' } });
    await nodes.until('the newer node', (list) => names(list).join() === 'new,newer');
    expect([...nodes.troubles, ...leaders.troubles, ...checks.troubles]).toEqual([]);
    expect(stopped.answers).toHaveLength(1);
    for (const node of ['old', 'new', 'newer']) await consul.put('/catalog/deregister', { Node: node });
  });

  it('finds the port of the first service of a node', async () => {
    await register(consul, 'ports/#?', { Service: { ID: 'b', Service: 's', Port: 80 } });
    await register(consul, 'ports/#?', { Service: { ID: 'a', Service: 's', Port: 81 } });
    await register(consul, 'portless');
    const catalog = catalogOf(client);
    expect(await catalog.readServicePort('ports/#?', forever)).toBe(81);
    expect(await catalog.readServicePort('portless', forever)).toBeUndefined();
    expect(await catalog.readServicePort('nobody', forever)).toBeUndefined();
  });
});

it('hides nothing when ACLs empty a list: it is trouble, and what was known stays', async () => {
  await using consul = await startConsul({ aclEnabled: true });
  await register(consul, 'seen');
  const token = await tokenFor(consul, 'agent_prefix "" { policy = "read" }');
  const client = await connect(consul);
  using nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(client).watchNodes(observer));
  await nodes.until('the node', (list) => list.length === 1);
  client.setToken(token);
  await register(consul, 'more');
  await register(consul, 'even more'); // the query that hung with the old token may still tell `more`
  const trouble = await nodes.untilTrouble();
  expect(trouble.code).toBe('ESM_CONSUL_FORBIDDEN');
  expect(trouble.message).toContain('node read');
  expect(nodes.answers.every((list) => list.length > 0)).toBe(true);
  client.setToken(consul.token);
  nodes.watch.wake();
  await nodes.until('all nodes again', (list) => list.length === 3);
  await client.close();
});

it('believes no list that ACLs emptied, though nodes can be read the moment after', async () => {
  await using consul = await startConsul({ aclEnabled: true });
  await register(consul, 'seen');
  const token = await tokenFor(consul, 'agent_prefix "" { policy = "read" }');
  const client = await connect(consul);
  client.setToken(token);
  let lists = 0;
  const permitted: ConsulClient = {
    ...client,
    async ask(call, signal) {
      const answer = await client.ask(call, signal);
      if (call.path === '/v1/catalog/nodes' && ++lists === 1) client.setToken(consul.token);
      return answer;
    },
  };
  using nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(permitted).watchNodes(observer));
  await nodes.until('the node', (list) => names(list).join() === 'seen');
  expect(nodes.answers).toHaveLength(1);
  expect(nodes.troubles).toEqual([]);
  await client.close();
});

async function tokenFor(consul: TestConsul, rules: string): Promise<string> {
  const policy = (await consul.put('/acl/policy', { Name: 'p', Rules: rules })) as { ID: string };
  const token = (await consul.put('/acl/token', { Policies: [{ ID: policy.ID }] })) as { SecretID: string };
  return token.SecretID;
}

it('goes on by itself when Consul was restarted and its index begins anew', async () => {
  await using consul = await startConsul();
  const client = await connect(consul);
  for (let write = 0; write < 40; write++) await consul.put('/kv/raise-the-index', String(write));
  await register(consul, 'before');
  using nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(client).watchNodes(observer));
  await nodes.until('the node', (list) => names(list).join() === 'before');
  await consul.restart();
  expect((await nodes.untilTrouble()).code).toBe('ESM_CONSUL_UNAVAILABLE');
  nodes.watch.wake();
  await nodes.until('the empty catalog', (list) => list.length === 0);
  await register(consul, 'after');
  await nodes.until('the new node', (list) => names(list).join() === 'after');
  await client.close();
});

it('asks for whatever there is when Consul is back: between two questions it may have lost its state unnoticed', async () => {
  await using consul = await startConsul();
  const client = await connect(consul);
  for (let write = 0; write < 40; write++) await consul.put('/kv/raise-the-index', String(write));
  await register(consul, 'before');
  let answers = 0;
  const late: ConsulClient = {
    ...client,
    async ask(call, signal) {
      const answer = await client.ask(call, signal);
      answers += 1;
      if (answers === 1) await consul.restart();
      return answer;
    },
  };
  using nodes = follow<readonly ExternalNode[]>((observer) => catalogOf(late).watchNodes(observer));
  await nodes.until('the node', (list) => names(list).join() === 'before');
  nodes.watch.wake();
  await nodes.until('the empty catalog', (list) => list.length === 0);
  expect(nodes.troubles).toEqual([]);
  await client.close();
});
