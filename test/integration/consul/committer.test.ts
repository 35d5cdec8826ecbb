import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckId,
  checkKey,
  type CheckStatus,
  type Share,
  type Write,
  type WriteOperation,
} from '../../../machines/model.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import { decodeGoTime } from '../../../src/consul/go-time.ts';
import { Commit } from '../../../src/consul/commit.ts';
import { createProtection } from '../../../src/consul/protection.ts';
import { createShapes } from '../../../src/consul/shapes.ts';
import { tryFields } from '../../../src/consul/trial.ts';
import { createFleet } from '../../../src/consul/fleet.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { readKeys } from '../../../src/consul/read-keys.ts';
import { createRecords, type Records } from '../../../src/consul/records.ts';
import { parseCheck, parseNode } from '../../../src/consul/parse.ts';
import { createCommitter } from '../../../src/consul/txn.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, forever } from '../../support/consul-client.ts';
import { type Intercepted, startInterposer } from '../../support/interposer.ts';

const keys = createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' });
const SELF = 'consul-esm:one';
const OTHER = 'consul-esm:two';
let consul: TestConsul;
let client: ConsulClient;
let records: Records;
let share: Share | undefined;
let damage: string[];
let serial = 0;

beforeAll(async () => {
  consul = await startConsul();
  client = await connect(consul);
});
afterAll(async () => {
  await client.close();
  await consul.stop();
});
beforeEach(() => {
  records = createRecords();
  share = undefined;
  damage = [];
});

/** What a committer needs to know of the fleet. */
const standing = (through: ConsulClient) => ({
  client: through,
  keys,
  serviceId: SELF,
  share: () => share,
  fleet: createFleet({ client: through, keys, service: 'consul-esm', tag: '' }),
});

const committer = (through = client) =>
  createCommitter({ ...standing(through), records, onDamage: (_, fields) => damage.push(...fields) });

const write = (...operations: WriteOperation[]): Write => ({
  id: `w${++serial}`,
  subject: 's',
  operations,
  isFenced: false,
});
const fenced = (...operations: WriteOperation[]): Write => ({ ...write(...operations), isFenced: true });
const commit = (...writes: Write[]) => committer().commit(writes, 'settle', forever);
const outcome = async (one: Write) => (await commit(one))[0]!;

/** A committer whose requests are seen; each waits until `before` has returned. */
async function interposed(before: (asked: Intercepted) => Promise<void> | undefined = () => undefined) {
  const asked: Intercepted[] = [];
  const interposer = await startInterposer(consul.url, (request) => {
    asked.push(request);
    return before(request);
  });
  const through = await connect(consul, { httpAddr: interposer.url });
  return {
    asked,
    commit: (...writes: Write[]) => committer(through).commit(writes, 'settle', forever),
    async [Symbol.asyncDispose]() {
      await through.close();
      await interposer[Symbol.asyncDispose]();
    },
  };
}

const idOf = (node: string, checkId = 'c1', serviceId = ''): CheckId => ({
  partition: '',
  namespace: '',
  node,
  serviceId,
  checkId,
});
const report = (id: CheckId, status: CheckStatus, output = 'o'): WriteOperation => ({
  type: 'check.report',
  id,
  status,
  output,
});

/** A node with one check, seen by the mirror as the watch would show it. */
async function seed(node: string, definition: object = { HTTP: 'http://h/' }, extra: object = {}) {
  await consul.put('/catalog/register', {
    Node: node,
    Address: '10.0.0.1',
    NodeMeta: { 'external-node': 'true' },
    Check: {
      Node: node,
      CheckID: 'c1',
      Name: 'first',
      Notes: 'kept',
      Status: 'critical',
      Definition: definition,
      ...extra,
    },
  });
  await look(node);
  return idOf(node, 'c1', 'ServiceID' in extra ? String(extra.ServiceID) : '');
}

async function look(node: string): Promise<void> {
  for (const check of (await stored(node)) as unknown[]) records.learn(parseCheck(check)!);
  const found = (await consul.get(`/catalog/node/${encodeURIComponent(node)}`)) as { Node: unknown };
  records.learnNode(parseNode(found.Node)!);
}

const stored = async (node: string): Promise<Record<string, unknown>[]> =>
  (await consul.get(`/health/node/${encodeURIComponent(node)}?consistent`)) as Record<string, unknown>[];
const check = async (node: string, id = 'c1') => (await stored(node)).find(({ CheckID }) => CheckID === id);
/** The leader's doing: the list of an instance, which does not know of it yet. */
const give = (serviceId: string, ...nodes: string[]) =>
  consul.put(`/kv/${keys.agent(serviceId)}`, JSON.stringify({ Nodes: [], Probes: nodes }));

/** The own list, and the instance has read it. */
async function own(...nodes: string[]): Promise<void> {
  await give(SELF, ...nodes);
  share = { nodes: [], probes: nodes, modifyIndex: (await kv(keys.agent(SELF)))!.modifyIndex };
}

const kv = async (key: string) => (await readKeys(client, [key], forever)).get(key);

describe('a report', () => {
  it('changes status and output and nothing else', async () => {
    const id = await seed('plain');
    expect(await outcome(write(report(id, 'passing', 'fine')))).toMatchObject({ type: 'committed' });
    expect(await check('plain')).toMatchObject({
      Status: 'passing',
      Output: 'fine',
      Name: 'first',
      Notes: 'kept',
      Definition: { HTTP: 'http://h/' },
    });
  });

  it("takes over the service's new tags, which the server copies itself, and calls that no damage", async () => {
    const service = (tags: string[]) => ({ ID: 's1', Service: 'web', Tags: tags });
    const registerService = (tags: string[]) =>
      consul.put('/catalog/register', { Node: 'retagged', Address: '10.0.0.1', Service: service(tags) });
    await registerService(['v1']);
    const id = await seed('retagged', undefined, { ServiceID: 's1' });
    await registerService(['v2']);
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ type: 'committed' });
    expect(await check('retagged')).toMatchObject({ ServiceTags: ['v2'], Status: 'passing' });
    expect(damage).toEqual([]);
  });

  it('takes the index for the next one from its own echo', async () => {
    const id = await seed('echo');
    const before = records.get(checkKey(id))!.modifyIndex;
    await commit(write(report(id, 'passing')));
    const stored = await check('echo');
    expect(records.get(checkKey(id))!.modifyIndex).toBe(stored!['ModifyIndex']);
    expect(records.get(checkKey(id))!.modifyIndex).toBeGreaterThan(before);
  });

  it('of a check that the mirror does not know reads it first', async () => {
    const id = await seed('unknown');
    records.forget(checkKey(id));
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ type: 'committed' });
  });

  it('of a removed check, service or node is rejected as gone, and creates nothing', async () => {
    const ids = [await seed('gone1'), await seed('gone2')];
    await consul.put('/catalog/deregister', { Node: 'gone1' });
    await consul.put('/catalog/deregister', { Node: 'gone2', CheckID: 'c1' });
    const outcomes = await commit(...ids.map((id) => write(report(id, 'passing'))));
    expect(outcomes).toMatchObject([{ rejection: { reason: 'gone' } }, { rejection: { reason: 'gone' } }]);
    expect(await consul.get('/catalog/node/gone1')).toBeNull();
    expect(await stored('gone2')).toEqual([]);
  });

  it('meets a status that somebody else wrote, and tells it', async () => {
    const id = await seed('foreign');
    await consul.put('/catalog/register', {
      Node: 'foreign',
      SkipNodeUpdate: true,
      Check: { Node: 'foreign', CheckID: 'c1', Name: 'first', Status: 'warning', Definition: { HTTP: 'http://h/' } },
    });
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({
      rejection: { reason: 'changed', status: 'warning' },
    });
    expect(await check('foreign')).toMatchObject({ Status: 'warning' });
  });

  it('is written over a definition that was edited meanwhile, keeping the edit', async () => {
    const id = await seed('edited');
    await consul.put('/catalog/register', {
      Node: 'edited',
      SkipNodeUpdate: true,
      Check: { Node: 'edited', CheckID: 'c1', Name: 'second', Status: 'critical', Definition: { TCP: 'h:1' } },
    });
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ type: 'committed' });
    expect(await check('edited')).toMatchObject({ Status: 'passing', Name: 'second', Definition: { TCP: 'h:1' } });
  });

  it('whose answer was lost is found committed on the next try', async () => {
    const id = await seed('lost');
    const old = records.get(checkKey(id))!;
    await commit(write(report(id, 'passing')));
    records.forget(checkKey(id));
    records.learn(old);
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ type: 'committed' });
  });

  it('with a stale index is dropped unread when the daemon stops', async () => {
    const id = await seed('dropped');
    await consul.put('/catalog/register', {
      Node: 'dropped',
      SkipNodeUpdate: true,
      Check: { Node: 'dropped', CheckID: 'c1', Name: 'second', Status: 'critical', Definition: { TCP: 'h:1' } },
    });
    const outcomes = await committer().commit([write(report(id, 'passing'))], 'drop', forever);
    expect(outcomes).toMatchObject([{ type: 'rejected', rejection: { reason: 'gone' } }]);
    expect(await check('dropped')).toMatchObject({ Status: 'critical' });
  });

  it.each(['a/b', 'a b', 'a#b?c', 'ä%2F', 'x//y', '..'])('finds a node and a check named %j', async (name) => {
    await consul.put('/catalog/register', {
      Node: `n${name}`,
      Address: '10.0.0.1',
      Check: { Node: `n${name}`, CheckID: name, Status: 'critical', Definition: { TCP: 'h:1' } },
    });
    const id = idOf(`n${name}`, name);
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ type: 'committed' });
    expect(records.get(checkKey(id))).toMatchObject({ status: 'passing' });
  });
});

describe('a report of a node that was given to another instance meanwhile', () => {
  const FENCED = { type: 'rejected', rejection: { reason: 'fenced' } };
  const COMMITTED = { type: 'committed' };
  const late = (id: CheckId) => write(report(id, 'passing', 'late'));

  beforeEach(async () => {
    for (const id of [SELF, OTHER]) await consul.delete(`/kv/${keys.agent(id)}`);
  });

  it('loses, though nobody has written the check since, and leaves all of it alone', async () => {
    const id = await seed('taken');
    await own('taken');
    await give(SELF);
    const before = await check('taken');
    expect(await outcome(late(id))).toMatchObject(FENCED);
    expect(await check('taken')).toEqual(before);
  });

  it('loses without a request when the list is known to hold the node no more', async () => {
    const id = await seed('known-taken');
    await own('another');
    await using watched = await interposed();
    expect(await watched.commit(late(id))).toMatchObject([FENCED]);
    expect(watched.asked).toEqual([]);
  });

  it('loses with the clock that travels with it', async () => {
    const id = await seed('taken-clock');
    await own('taken-clock');
    await give(SELF);
    expect(await outcome(write({ type: 'criticalSince.set', id, sinceMs: 5 }))).toMatchObject(FENCED);
    expect(await kv(keys.criticalCheck(id))).toBeUndefined();
  });

  it('holds up nobody: what is still in the changed list goes with its fence, at the cost of one read', async () => {
    const ids = [await seed('batch-kept'), await seed('batch-taken'), await seed('batch-kept-too')];
    await own('batch-kept', 'batch-taken', 'batch-kept-too');
    await give(SELF, 'batch-kept', 'batch-kept-too');
    await using watched = await interposed();
    expect(await watched.commit(...ids.map(late))).toMatchObject([COMMITTED, FENCED, COMMITTED]);
    expect(watched.asked.map(({ method }) => method)).toEqual(['PUT', 'GET', 'PUT']);
    expect(await check('batch-taken')).toMatchObject({ Status: 'critical', Output: '' });
    const { modifyIndex } = (await kv(keys.agent(SELF)))!;
    expect(JSON.parse(watched.asked[2]!.body)).toMatchObject([
      { KV: { Verb: 'check-index', Key: keys.agent(SELF), Index: modifyIndex } },
      { Check: { Verb: 'cas' } },
      { Check: { Verb: 'cas' } },
    ]);
  });

  it('loses when the list changes once more between its reading and the second try', async () => {
    const id = await seed('twice');
    await own('twice');
    await give(SELF, 'twice', 'another');
    let transactions = 0;
    await using watched = await interposed(({ path }) => {
      return path === '/v1/txn' && ++transactions === 2 ? give(SELF).then(() => undefined) : undefined;
    });
    expect(await watched.commit(late(id))).toMatchObject([FENCED]);
    expect(await check('twice')).toMatchObject({ Status: 'critical' });
  });

  it('is owed when the list changes before every try', async () => {
    const id = await seed('restless');
    await own('restless');
    let transactions = 0;
    await using watched = await interposed(({ path }) => {
      return path === '/v1/txn' ? give(SELF, 'restless', `n${++transactions}`).then(() => undefined) : undefined;
    });
    expect(await watched.commit(late(id))).toMatchObject([{ type: 'owed' }]);
    expect(transactions).toBeLessThan(10);
  });

  it.each([
    ['deleted', () => consul.delete(`/kv/${keys.agent(SELF)}`)],
    ['garbled', () => consul.put(`/kv/${keys.agent(SELF)}`, 'no list')],
  ])('is told apart from one whose list was %s: that is committed, unless another has the node', async (what, harm) => {
    const [kept, taken] = [await seed(`${what}-kept`), await seed(`${what}-taken`)];
    await own(kept.node, taken.node);
    await harm();
    await give(OTHER, taken.node);
    expect(await commit(late(kept), late(taken))).toMatchObject([COMMITTED, FENCED]);
    expect(await check(kept.node)).toMatchObject({ Status: 'passing', Output: 'late' });
    expect(await check(taken.node)).toMatchObject({ Status: 'critical', Output: '' });
  });

  it('loses when the list, which was gone, is written anew without the node before it comes', async () => {
    const id = await seed('anew');
    await own('anew');
    await consul.delete(`/kv/${keys.agent(SELF)}`);
    let transactions = 0;
    await using watched = await interposed(({ path }) => {
      return path === '/v1/txn' && ++transactions === 2 ? give(SELF, 'another').then(() => undefined) : undefined;
    });
    expect(await watched.commit(late(id))).toMatchObject([FENCED]);
    expect(transactions).toBe(2);
    expect(await check('anew')).toMatchObject({ Status: 'critical', Output: '' });
  });

  it('loses on the careful way too', async () => {
    const grpc = { GRPC: 'h:1', Interval: '10s' };
    const [kept, taken] = [await seed('careful-kept', grpc), await seed('careful-taken', grpc)];
    await own('careful-kept', 'careful-taken');
    await give(SELF, 'careful-kept');
    expect(await commit(late(kept), late(taken))).toMatchObject([COMMITTED, FENCED]);
    expect(await check('careful-kept')).toMatchObject({ Status: 'passing', Definition: grpc });
    expect(await check('careful-taken')).toMatchObject({ Status: 'critical', Definition: grpc });
  });

  it('loses when the own check of the node was not known, and the new owner has made it', async () => {
    await seed('pinged-taken');
    await own('pinged-taken');
    await consul.put('/catalog/register', {
      Node: 'pinged-taken',
      SkipNodeUpdate: true,
      Check: { Node: 'pinged-taken', CheckID: 'externalNodeHealth', Status: 'passing' },
    });
    await give(SELF);
    const dead = { type: 'node.report', node: 'pinged-taken', partition: '', status: 'critical', output: 'o' } as const;
    expect(await outcome(write(dead))).toMatchObject(FENCED);
    expect(await check('pinged-taken', 'externalNodeHealth')).toMatchObject({ Status: 'passing' });
  });
});

describe('a definition that transactions would damage', () => {
  const grpc = { GRPC: 'h:1/svc', GRPCUseTLS: true, Interval: '10s', OutputMaxSize: 99 };

  it('survives a report whole', async () => {
    const id = await seed('grpc', grpc);
    expect(await outcome(write(report(id, 'passing', 'fine')))).toMatchObject({ type: 'committed' });
    expect(await check('grpc')).toMatchObject({ Status: 'passing', Output: 'fine', Definition: grpc, Notes: 'kept' });
    expect(damage).toEqual([]);
  });

  it('would not survive a plain transaction on 1.8.7', async () => {
    const id = await seed('grpc-damaged', grpc);
    const { modifyIndex } = records.get(checkKey(id))!;
    await consul.put('/txn', [
      {
        Check: {
          Verb: 'cas',
          Check: { Node: 'grpc-damaged', CheckID: 'c1', Definition: grpc, ModifyIndex: modifyIndex },
        },
      },
    ]);
    expect((await check('grpc-damaged'))!['Definition']).toEqual({ Interval: '10s' });
  });

  it('takes its clock in KV along', async () => {
    const id = await seed('grpc-clock', grpc);
    const set: WriteOperation = { type: 'criticalSince.set', id, sinceMs: 1_700_000_000_123 };
    expect(await outcome(write(report(id, 'warning'), set))).toMatchObject({ type: 'committed' });
    expect(decodeGoTime((await kv(keys.criticalCheck(id)))!.value)).toBe(1_700_000_000_123);
  });

  it('of a removed node is not registered anew', async () => {
    const id = await seed('grpc-gone', grpc);
    await consul.put('/catalog/deregister', { Node: 'grpc-gone' });
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ rejection: { reason: 'gone' } });
    expect(await consul.get('/catalog/node/grpc-gone')).toBeNull();
  });

  it('of which somebody else changed the status tells it', async () => {
    const id = await seed('grpc-foreign', grpc);
    await consul.put('/catalog/register', {
      Node: 'grpc-foreign',
      SkipNodeUpdate: true,
      Check: { Node: 'grpc-foreign', CheckID: 'c1', Status: 'warning', Definition: grpc },
    });
    expect(await outcome(write(report(id, 'passing')))).toMatchObject({ rejection: { reason: 'changed' } });
  });
});

describe('damage that a transaction did all the same', () => {
  const grpc = { GRPC: 'h:1', Interval: '10s' };

  it('is seen in the echo, told, repaired, and not done again', async () => {
    const id = await seed('damaged', grpc);
    const shapes = createShapes();
    shapes.markKept(['GRPC']); // as if an echo of another server had shown it
    const protection = createProtection({ client, records, shapes, onDamage: (_, fields) => damage.push(...fields) });
    const deps = { ...standing(client), records, protection };
    const outcomes = await new Commit(deps, 'settle', forever).run([write(report(id, 'passing'))]);
    expect(outcomes).toMatchObject([{ type: 'committed' }]);
    expect(damage).toEqual(['GRPC']);
    expect(await check('damaged')).toMatchObject({ Status: 'passing', Definition: grpc });
    expect(shapes.mustRegister(grpc)).toBe(true);
    await new Commit(deps, 'settle', forever).run([write(report(id, 'warning'))]);
    expect(await check('damaged')).toMatchObject({ Status: 'warning', Definition: grpc });
    expect(damage).toEqual(['GRPC']);
  });
});

it('a repair that comes late puts the definition back, and not the status of then', async () => {
  const id = await seed('damaged-late', { GRPC: 'h:1' });
  const protection = createProtection({ client, records, shapes: createShapes(), onDamage: () => undefined });
  const sent = { ...records.get(checkKey(id))!, status: 'critical' };
  protection.compare(
    [sent],
    [
      {
        check: { ...(await check('damaged-late')), Definition: {} },
        node: undefined,
        service: undefined,
        kv: undefined,
      },
    ],
  );
  await consul.put('/catalog/register', {
    Node: 'damaged-late',
    SkipNodeUpdate: true,
    Check: {
      Node: 'damaged-late',
      CheckID: 'c1',
      Status: 'passing',
      Output: 'of the new owner',
      Definition: { HTTP: 'h' },
    },
  });
  await protection.heal(forever);
  expect(await check('damaged-late')).toMatchObject({
    Status: 'passing',
    Output: 'of the new owner',
    Definition: { GRPC: 'h:1' },
  });
});

describe('a trial', () => {
  it('tells which fields transactions keep, and leaves no trace', async () => {
    const definition = { GRPC: 'h:1', HTTP: 'http://h/', Header: { A: ['b'] } };
    const id = await seed('trial', definition);
    const record = records.get(checkKey(id))!;
    expect(await tryFields(client, record, ['GRPC', 'HTTP', 'Header'], forever)).toEqual(['HTTP', 'Header']);
    expect(await stored('trial')).toHaveLength(1);
  });

  it('of a node that is gone tells nothing', async () => {
    const id = await seed('trial-gone');
    await consul.put('/catalog/deregister', { Node: 'trial-gone' });
    expect(await tryFields(client, records.get(checkKey(id))!, ['HTTP'], forever)).toEqual([]);
  });
});

describe('without permission', () => {
  it.each([
    ['a write', { HTTP: 'http://h' }],
    ['a write on the careful way', { GRPC: 'h:1' }],
  ])('%s is forbidden with the words of Consul, and the others go on', async (_, definition) => {
    await using guarded = await startConsul({ aclEnabled: true });
    const Rules = 'node_prefix "" { policy = "read" } node "mine" { policy = "write" }';
    const policy = (await guarded.put('/acl/policy', { Name: 'one', Rules })) as { ID: string };
    const { SecretID } = (await guarded.put('/acl/token', { Policies: [{ ID: policy.ID }] })) as { SecretID: string };
    for (const node of ['mine', 'theirs']) {
      await guarded.put('/catalog/register', {
        Node: node,
        Address: 'h',
        Check: { Node: node, CheckID: 'c1', Status: 'critical', Definition: definition },
      });
    }
    const restricted = await connect(guarded, { token: SecretID });
    const outcomes = await committer(restricted).commit(
      ['theirs', 'mine'].map((node) => write(report(idOf(node), 'passing'))),
      'settle',
      forever,
    );
    expect(outcomes).toMatchObject([
      { type: 'forbidden', reason: expect.stringContaining('Permission denied') as string },
      { type: 'committed' },
    ]);
    await restricted.close();
  });

  it('of any kind, as when the token is unknown, all writes are forbidden', async () => {
    await using guarded = await startConsul({ aclEnabled: true });
    const stranger = await connect(guarded, { token: '00000000-0000-4000-8000-000000000000' });
    const ids = [await seed('strange-one'), await seed('strange-two')];
    const outcomes = await committer(stranger).commit(
      ids.map((id) => write(report(id, 'passing'))),
      'settle',
      forever,
    );
    const forbidden = { type: 'forbidden', reason: expect.stringContaining('ACL not found') as string };
    expect(outcomes).toMatchObject([forbidden, forbidden]);
    await stranger.close();
  });
});

it('a definition that needs the careful way and is too large is refused, and the others go on', async () => {
  const [large, small] = [await seed('careful-large', { GRPC: 'h:1' }), await seed('careful-small')];
  const outcomes = await commit(write(report(large, 'passing', 'x'.repeat(600_000))), write(report(small, 'passing')));
  expect(outcomes[1]).toMatchObject({ type: 'committed' });
  expect(outcomes[0]!.type).not.toBe('owed');
});

describe('many writes', () => {
  const nodes = Array.from({ length: 63 }, (_, place) => `many${place}`);

  it('go in one request of 63 and their fence, and nothing is read', async () => {
    const ids = await Promise.all(nodes.map((node) => seed(node)));
    await own(...nodes);
    await using watched = await interposed();
    const outcomes = await watched.commit(...ids.map((id) => write(report(id, 'passing'))));
    expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(['committed']));
    expect(watched.asked.map(({ path }) => path)).toEqual(['/v1/txn']);
    expect(JSON.parse(watched.asked[0]!.body)).toHaveLength(64);
  });

  it('are a crowd while they are on their way and for a second more, as a few are not', async () => {
    let nowMs = 0;
    const crowded = committer({ ...client, clock: { ...client.clock, now: () => nowMs } });
    const reports = await Promise.all(
      nodes.slice(0, 8).map(async (node) => write(report(await seed(node), 'passing'))),
    );
    await crowded.commit(reports.slice(0, 7), 'settle', forever);
    expect(crowded.isCrowded()).toBe(false);
    const committing = crowded.commit(reports, 'settle', forever);
    expect(crowded.isCrowded()).toBe(true);
    nowMs = 5_000;
    await committing;
    expect(crowded.isCrowded()).toBe(true);
    nowMs += 1_000;
    expect(crowded.isCrowded()).toBe(false);
  });

  /** A write that leaves no room for another of its kind in one transaction. */
  const bulky = async (node: string): Promise<Write> => {
    const id = await seed(node);
    const times = Array.from({ length: 40 }, (_, place) => ({ ...id, checkId: `time-${place}` }));
    return write(
      report(id, 'passing'),
      ...times.map((timed): WriteOperation => ({ type: 'criticalSince.set', id: timed, sinceMs: 0 })),
    );
  };

  it('of several transactions are on their way together', async () => {
    const writes = await Promise.all(['bulky1', 'bulky2', 'bulky3'].map(bulky));
    let arrived = 0;
    let letGo = (): void => undefined;
    const allHere = new Promise<void>((resolve) => (letGo = resolve));
    await using watched = await interposed(() => {
      arrived += 1;
      if (arrived === writes.length) letGo();
      return allHere;
    });
    const outcomes = await watched.commit(...writes);
    expect(outcomes.map(({ type }) => type)).toEqual(['committed', 'committed', 'committed']);
    expect(watched.asked).toHaveLength(3);
  });

  it('are settled each by its own transaction, when another has no answer', async () => {
    const writes = await Promise.all(['bulky4', 'bulky5'].map(bulky));
    let breakOff = (): void => undefined;
    const isBroken = new Promise<void>((resolve) => (breakOff = resolve));
    await using watched = await interposed(async ({ body }) => {
      if (!body.includes('bulky4')) return isBroken;
      breakOff();
      throw new Error('the connection breaks');
    });
    expect((await watched.commit(...writes)).map(({ type }) => type)).toEqual(['owed', 'committed']);
  });

  it('are all judged anew when the list has changed, by one look at it', async () => {
    const names = ['bulky6', 'bulky7'];
    const writes = await Promise.all(names.map(bulky));
    await own(...names);
    await give(SELF, 'bulky7');
    await using watched = await interposed();
    const outcomes = await watched.commit(...writes);
    expect(outcomes).toMatchObject([{ rejection: { reason: 'fenced' } }, { type: 'committed' }]);
    expect(watched.asked.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('do not wait for a bad one among them', async () => {
    const ids = await Promise.all(nodes.map((node) => seed(node)));
    await consul.put('/catalog/deregister', { Node: 'many7' });
    const outcomes = await commit(...ids.map((id) => write(report(id, 'passing'))));
    expect(outcomes.filter(({ type }) => type === 'committed')).toHaveLength(62);
    expect(outcomes[7]).toMatchObject({ type: 'rejected', rejection: { reason: 'gone' } });
  });

  it('beyond the limit of bytes are split', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, place) => seed(`large${place}`)));
    const outcomes = await commit(...ids.map((id) => write(report(id, 'passing', 'x'.repeat(60_000)))));
    expect(outcomes.map(({ type }) => type)).toEqual(ids.map(() => 'committed'));
  });

  it('larger than a transaction may be are registered, and the rest goes on', async () => {
    const headers = { Header: { 'X-Long': ['x'.repeat(600_000)] } };
    const [large, small] = [await seed('too-large', { HTTP: 'http://h/', ...headers }), await seed('small')];
    const outcomes = await commit(write(report(large, 'passing')), write(report(small, 'passing')));
    expect(outcomes).toMatchObject([{ type: 'committed' }, { type: 'committed' }]);
    const [stored] = (await consul.get('/health/node/too-large?consistent')) as [object];
    expect(stored).toMatchObject({ Status: 'passing', Definition: headers });
  });

  it('are owed when Consul does not answer', async () => {
    const id = await seed('owed');
    const nobody = await connect(consul, { httpAddr: '127.0.0.1:1' });
    const outcomes = await committer(nobody).commit([write(report(id, 'passing'))], 'settle', forever);
    expect(outcomes).toMatchObject([{ type: 'owed', reason: expect.stringContaining('ECONNREFUSED') as string }]);
    await nobody.close();
  });
});

describe('a node', () => {
  const alive = (node: string): WriteOperation => ({
    type: 'node.report',
    node,
    partition: '',
    status: 'passing',
    output: 'Node alive or reachable',
  });

  it('is given its check, which is then compared and set', async () => {
    await seed('pinged');
    expect(await outcome(write(alive('pinged')))).toMatchObject({ type: 'committed' });
    expect(await check('pinged', 'externalNodeHealth')).toMatchObject({
      Name: 'External Node Status',
      Status: 'passing',
    });
    const failing: WriteOperation = { type: 'failingSince.set', node: 'pinged', sinceMs: 1_000 };
    const dead: WriteOperation = {
      ...alive('pinged'),
      status: 'critical',
      output: 'Node not live or unreachable',
    } as WriteOperation;
    expect(await outcome(write(dead, failing))).toMatchObject({ type: 'committed' });
    expect(decodeGoTime((await kv(keys.probe('pinged')))!.value)).toBe(1_000);
    expect(await outcome(write(alive('pinged'), { type: 'failingSince.clear', node: 'pinged' }))).toMatchObject({
      type: 'committed',
    });
    expect(await kv(keys.probe('pinged'))).toBeUndefined();
    expect(await check('pinged', 'externalNodeHealth')).toMatchObject({ Status: 'passing' });
  });

  it('is read before its check is written over that somebody has made meanwhile', async () => {
    await seed('pinged-twice');
    const made = { Node: 'pinged-twice', CheckID: 'externalNodeHealth', Name: 'theirs', Status: 'critical' };
    await consul.put('/catalog/register', { Node: 'pinged-twice', SkipNodeUpdate: true, Check: made });
    expect(await outcome(write(alive('pinged-twice')))).toMatchObject({ type: 'committed' });
    expect(await check('pinged-twice', 'externalNodeHealth')).toMatchObject({ Name: 'theirs', Status: 'passing' });
  });

  it('that was removed is not made anew by its check', async () => {
    expect(await outcome(write(alive('never')))).toMatchObject({ rejection: { reason: 'gone' } });
    expect(await consul.get('/catalog/node/never')).toBeNull();
  });

  it('clears a failure time that another instance wrote meanwhile', async () => {
    await seed('rewritten');
    await commit(write({ type: 'failingSince.set', node: 'rewritten', sinceMs: 1 }));
    await consul.put(`/kv/${keys.probe('rewritten')}`, 'x');
    expect(await outcome(write({ type: 'failingSince.clear', node: 'rewritten' }))).toMatchObject({
      type: 'committed',
    });
    expect(await kv(keys.probe('rewritten'))).toBeUndefined();
  });
});

describe('a removal', () => {
  const reap = (node: string): WriteOperation => ({ type: 'node.remove', node, partition: '' });
  const failFrom = (node: string, sinceMs: number) => commit(write({ type: 'failingSince.set', node, sinceMs }));

  it('takes the node, all it has and its failure time', async () => {
    await seed('dead');
    await own('dead');
    await failFrom('dead', 1);
    expect(await outcome(fenced(reap('dead')))).toMatchObject({ type: 'committed' });
    expect(await consul.get('/catalog/node/dead')).toBeNull();
    expect(await kv(keys.probe('dead'))).toBeUndefined();
  });

  it('fails when the list was written since it was read', async () => {
    await seed('given-away');
    await own('given-away');
    await failFrom('given-away', 1);
    await give(SELF, 'given-away', 'another'); // even with the node still in it: the probe before the removal knew the old one
    expect(await outcome(fenced(reap('given-away')))).toMatchObject({ rejection: { reason: 'fenced' } });
    expect(await consul.get('/catalog/node/given-away')).not.toBeNull();
  });

  it('fails when the list is not known or does not hold the node', async () => {
    await seed('not-ours');
    await failFrom('not-ours', 1);
    expect(await outcome(fenced(reap('not-ours')))).toMatchObject({ rejection: { reason: 'fenced' } });
    await own('another');
    expect(await outcome(fenced(reap('not-ours')))).toMatchObject({ rejection: { reason: 'fenced' } });
  });

  it('spares a node whose record changed', async () => {
    await seed('moved');
    await own('moved');
    await consul.put('/catalog/register', { Node: 'moved', Address: '10.0.0.2' });
    expect(await outcome(fenced(reap('moved')))).toMatchObject({ rejection: { reason: 'fenced' } });
    expect(await consul.get('/catalog/node/moved')).not.toBeNull();
  });

  it.each([
    ['deleted', () => consul.delete(`/kv/${keys.probe('timeless')}`)],
    ['replaced', () => consul.put(`/kv/${keys.probe('timeless')}`, 'another')],
  ])('spares a node whose failure time was %s, as when Consul has lost its state', async (_, lose) => {
    await seed('timeless');
    await own('timeless');
    await failFrom('timeless', 1);
    await lose();
    expect(await outcome(fenced(reap('timeless')))).toMatchObject({ rejection: { reason: 'untimed' } });
    expect(await consul.get('/catalog/node/timeless')).not.toBeNull();
  });

  it('spares a node whose failure time goes at the last moment', async () => {
    await seed('timed');
    await own('timed');
    await failFrom('timed', 1);
    await using watched = await interposed(({ method, path, body }) =>
      method === 'PUT' && path === '/v1/txn' && body.includes('delete-cas')
        ? consul.delete(`/kv/${keys.probe('timed')}`).then(() => undefined)
        : undefined,
    );
    expect(await watched.commit(fenced(reap('timed')))).toMatchObject([{ rejection: { reason: 'untimed' } }]);
    expect(await consul.get('/catalog/node/timed')).not.toBeNull();
  });

  it('spares a node for which it was taken back while it was prepared', async () => {
    await seed('answered');
    await own('answered');
    await failFrom('answered', 1);
    const removal = fenced(reap('answered'));
    const isTakenBack = (write: Write): boolean => write === removal;
    expect(await committer().commit([removal], 'settle', forever, isTakenBack)).toMatchObject([
      { rejection: { reason: 'fenced' } },
    ]);
    expect(await consul.get('/catalog/node/answered')).not.toBeNull();
    expect(await outcome(removal)).toMatchObject({ type: 'committed' });
  });

  it('spares a service of which KV no longer says since when it is critical', async () => {
    await consul.put('/catalog/register', {
      Node: 'clockless',
      Address: '10.0.0.1',
      Service: { ID: 'web', Service: 'web' },
      Check: { Node: 'clockless', CheckID: 'web', ServiceID: 'web', Status: 'critical', Definition: { TCP: 'h:1' } },
    });
    await look('clockless');
    await own('clockless');
    const id = idOf('clockless', 'web', 'web');
    await commit(write({ type: 'criticalSince.set', id, sinceMs: 5 }));
    await consul.delete(`/kv/${keys.criticalCheck(id)}`);
    expect(await outcome(fenced({ type: 'service.remove', id }))).toMatchObject({ rejection: { reason: 'untimed' } });
    expect(await stored('clockless')).toHaveLength(1);
  });

  it('spares a node that was replaced while the removal waited for another try', async () => {
    await seed('replaced');
    await own('replaced');
    const removal = fenced(reap('replaced'));
    await expect(committer().commit([removal], 'settle', AbortSignal.abort())).rejects.toThrow();
    await consul.put('/catalog/deregister', { Node: 'replaced' });
    await seed('replaced'); // the mirror learns the successor
    expect(await outcome(removal)).toMatchObject({ rejection: { reason: 'fenced' } });
    expect(await consul.get('/catalog/node/replaced')).not.toBeNull();
  });

  it('spares a service whose check was edited unseen, for it may be critical for longer now', async () => {
    const register = (after: string) =>
      consul.put('/catalog/register', {
        Node: 'patient',
        Address: '10.0.0.1',
        Service: { ID: 'web', Service: 'web' },
        Check: {
          Node: 'patient',
          CheckID: 'web',
          ServiceID: 'web',
          Status: 'critical',
          Definition: { TCP: 'h:1', DeregisterCriticalServiceAfter: after },
        },
      });
    await register('10s');
    await look('patient');
    await own('patient');
    await register('72h');
    const id = idOf('patient', 'web', 'web');
    expect(await outcome(fenced({ type: 'service.remove', id }))).toMatchObject({ rejection: { reason: 'fenced' } });
    expect(await stored('patient')).toHaveLength(1);
  });

  it('does not take along reports that travel with it when its fence fails', async () => {
    const id = await seed('mixed');
    await own('mixed');
    await failFrom('mixed', 1);
    await give(SELF, 'mixed', 'another');
    const outcomes = await commit(fenced(reap('mixed')), write(report(id, 'passing')));
    expect(outcomes).toMatchObject([{ rejection: { reason: 'fenced' } }, { type: 'committed' }]);
  });

  it('takes a service with its checks and clocks, and leaves the rest of the node', async () => {
    await seed('host');
    await consul.put('/catalog/register', {
      Node: 'host',
      SkipNodeUpdate: true,
      Service: { ID: 'web/1', Service: 'web' },
      Check: { Node: 'host', CheckID: 'web', ServiceID: 'web/1', Status: 'critical', Definition: { TCP: 'h:1' } },
    });
    await look('host');
    await own('host');
    const id = idOf('host', 'web', 'web/1');
    await commit(write({ type: 'criticalSince.set', id, sinceMs: 5 }));
    expect(await kv('consul-esm/critical/host/web%2F1/web')).toBeDefined();
    expect(await outcome(fenced({ type: 'service.remove', id }))).toMatchObject({ type: 'committed' });
    expect((await stored('host')).map(({ CheckID }) => CheckID)).toEqual(['c1']);
    expect(await kv('consul-esm/critical/host/web%2F1/web')).toBeUndefined();
    expect(await outcome(fenced({ type: 'service.remove', id }))).toMatchObject({ type: 'committed' });
  });

  it('of a check without a service is refused', async () => {
    const id = await seed('bare');
    await own('bare');
    expect(await outcome(fenced({ type: 'service.remove', id }))).toMatchObject({ rejection: { reason: 'refused' } });
    expect(await consul.get('/catalog/node/bare')).not.toBeNull();
  });
});
