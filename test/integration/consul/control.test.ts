import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsulClient } from '../../../src/consul/client.ts';
import type { LockHolder } from '../../../src/consul/consul.ts';
import { createFleet } from '../../../src/consul/fleet.ts';
import { contact, hasLeader } from '../../../src/consul/gate.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { createLock } from '../../../src/consul/lock.ts';
import { createAgentRegistrar } from '../../../src/consul/registrar.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, follow, forever } from '../../support/consul-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

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

/** A client, on a clock of its own, of what takes connections and never answers. */
const startSilentConsul = async () => {
  const server = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
  const asked = once(server, 'connection');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // safe: it listens on a port
  const clock = createVirtualClock();
  const silent = await connect(consul, { httpAddr: `127.0.0.1:${port}`, clock });
  return {
    client: silent,
    /** Once it was asked. It still waits a millisecond before `ms` are over. */
    async letPass(ms: number) {
      await asked;
      await clock.advance(ms - 1);
      expect(clock.pending).toBe(1);
      await clock.advance(1);
    },
    async [Symbol.asyncDispose]() {
      await silent.close();
      server.close();
      await once(server, 'close');
    },
  };
};

const registrarOf = (instanceId: string, tag = '') =>
  createAgentRegistrar({ client, service: 'consul-esm', tag, instanceId });

describe('own registration', () => {
  it('goes from absent to passing, beats, and is absent again', async () => {
    const registrar = registrarOf('r/1 ü');
    expect(await registrar.lookUp(forever)).toBe('absent');
    expect(await registrar.beat(forever)).toBe(false);
    await registrar.register(forever);
    expect(await registrar.lookUp(forever)).toBe('passing');
    expect(await registrar.beat(forever)).toBe(true);
    await registrar.deregister(forever);
    expect(await registrar.lookUp(forever)).toBe('absent');
    await registrar.deregister(forever);
  });

  it('gives up a beat that hangs in time for the next', async () => {
    await using silent = await startSilentConsul();
    const registrar = createAgentRegistrar({ client: silent.client, service: 's', tag: '', instanceId: 'i' });
    const told = expect(registrar.beat(forever)).rejects.toMatchObject({
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: expect.stringMatching(/passing the TTL check: no answer .*: nothing within 5000 ms/) as unknown,
    });
    await silent.letPass(registrar.beatMs);
    await told;
  });

  it('bears tag, meta and a TTL check as Go instances name it', async () => {
    const registrar = registrarOf('r2', 'blue');
    await registrar.register(forever);
    const services = (await consul.get('/agent/services')) as Record<string, unknown>;
    expect(services['consul-esm:r2']).toMatchObject({
      Service: 'consul-esm',
      Tags: ['blue'],
      Meta: { 'external-source': 'consul-esm' },
    });
    const checks = (await consul.get('/agent/checks')) as Record<string, unknown>;
    expect(checks['consul-esm:r2:agent-ttl']).toMatchObject({ Status: 'passing', ServiceID: 'consul-esm:r2' });
    await registrar.deregister(forever);
  });

  it('of a dead predecessor is critical', async () => {
    const registrar = registrarOf('r3');
    await registrar.register(forever);
    await consul.put('/agent/check/fail/consul-esm:r3:agent-ttl');
    expect(await registrar.lookUp(forever)).toBe('critical');
    await registrar.deregister(forever);
  });
});

describe('the lock', () => {
  const keys = createKeys({ kvPath: 'fleet/', leaderKey: 'fleet/leader' });

  async function contender(instanceId: string) {
    const registrar = registrarOf(instanceId);
    await registrar.register(forever);
    const lock = createLock({ client, keys, serviceId: registrar.serviceId });
    // The agent tells the servers of the check a moment after it took it.
    const session = await eventually('a session', () => lock.createSession(forever));
    return { registrar, lock, session };
  }

  it('is held by one, told to all with the flags of Go, and free at once after a release', async () => {
    const [one, two] = [await contender('l1'), await contender('l2')];
    using holder = follow<LockHolder>((observer) => two.lock.watch(observer));
    await holder.until('a free lock', ({ type }) => type === 'free');
    expect(await one.lock.acquire(one.session, forever)).toBe(true);
    expect(await holder.until('a held lock', ({ type }) => type === 'held')).toMatchObject({
      session: one.session,
      flags: '3304740253564472344',
      lockIndex: 1,
    });
    expect(await two.lock.acquire(two.session, forever)).toBe(false);
    await one.lock.release(one.session, forever);
    await holder.until('a free lock', ({ type }) => type === 'free');
    expect(await two.lock.acquire(two.session, forever)).toBe(true);
    expect(holder.answers.at(-1)).toBeDefined();
    await two.lock.release(two.session, forever);
    const stored = (await consul.ask('GET', `/kv/${keys.leader}`)).body;
    expect(JSON.stringify(stored)).toMatch(/"Value":null/);
    for (const { lock, session, registrar } of [one, two]) {
      await lock.destroySession(session, forever);
      await registrar.deregister(forever);
    }
  });

  it('is renewed at half its TTL, and tells a dead session', async () => {
    const { lock, session, registrar } = await contender('l3');
    expect(await lock.renewSession(session, 2_000, forever)).toBe(5_000);
    await lock.destroySession(session, forever);
    expect(await lock.renewSession(session, 2_000, forever)).toBeUndefined();
    expect(await lock.acquire(session, forever)).toBe(false);
    await registrar.deregister(forever);
  });

  it('gives up a renewal that hangs when it was told to', async () => {
    await using silent = await startSilentConsul();
    const lock = createLock({ client: silent.client, keys, serviceId: 's' });
    const told = expect(lock.renewSession('s1', 2_000, forever)).rejects.toMatchObject({
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: expect.stringMatching(/renewing the session: no answer .*: nothing within 2000 ms/) as unknown,
    });
    await silent.letPass(2_000);
    await told;
  });

  it('is watched by a question that is missed within some 7 s when its server is cut off', async () => {
    await using silent = await startSilentConsul();
    let questions = 0;
    const cutOff: ConsulClient = {
      ...silent.client,
      ask: (call, signal) => (++questions === 1 ? client : silent.client).ask(call, signal),
    };
    const lock = createLock({ client: cutOff, keys, serviceId: 's' });
    using holder = follow<LockHolder>((observer) => lock.watch(observer));
    await holder.until('a free lock', ({ type }) => type === 'free');
    await silent.letPass(7_313);
    expect(holder.troubles).toMatchObject([{ code: 'ESM_CONSUL_UNAVAILABLE' }]);
  });

  it('is lost with the TTL check of its instance', async () => {
    const { lock, session, registrar } = await contender('l4');
    expect(await lock.acquire(session, forever)).toBe(true);
    using holder = follow<LockHolder>((observer) => lock.watch(observer));
    await holder.until('a held lock', ({ type }) => type === 'held');
    await consul.put('/agent/check/fail/consul-esm:l4:agent-ttl');
    await holder.until('a free lock', ({ type }) => type === 'free');
    expect(await lock.createSession(forever)).toBeUndefined();
    await registrar.deregister(forever);
    await eventually('no check', async () => (await registrar.lookUp(forever)) === 'absent');
    expect(await lock.createSession(forever)).toBeUndefined();
  });

  it('watches the key of Go instances unless that is its own', () => {
    const lockAt = (leaderKey: string) =>
      createLock({ client, keys: createKeys({ kvPath: 'consul-esm/', leaderKey }), serviceId: 's' });
    const own = lockAt('consul-esm/lock');
    expect(own).toMatchObject({ key: 'consul-esm/lock', goKey: 'consul-esm/leader' });
    expect(own.watchGoLock).toBeDefined();
    expect(lockAt('consul-esm/leader').watchGoLock).toBeUndefined();
  });
});

describe('the fleet', () => {
  const keys = createKeys({ kvPath: 'esm/', leaderKey: 'esm/leader' });
  const fleetOf = (tag = '') => createFleet({ client, keys, service: 'consul-esm', tag });
  const list = (...nodes: string[]) => ({ nodes, probes: [] });

  it('is those healthy instances that share service and tag', async () => {
    const [one, blue] = [registrarOf('f1'), registrarOf('f2', 'blue')];
    using plain = follow<readonly string[]>((observer) => fleetOf().watchInstances(observer));
    using tagged = follow<readonly string[]>((observer) => fleetOf('blue').watchInstances(observer));
    await plain.until('nobody', (ids) => ids.length === 0);
    await one.register(forever);
    await blue.register(forever);
    await plain.until('f1', (ids) => ids.join() === 'consul-esm:f1');
    await tagged.until('f2', (ids) => ids.join() === 'consul-esm:f2');
    expect(await fleetOf('blue').readRegistered(forever)).toEqual(
      new Map([
        ['consul-esm:f1', 'stranger'],
        ['consul-esm:f2', 'peer'],
      ]),
    );
    await consul.put('/agent/check/fail/consul-esm:f1:agent-ttl');
    await plain.until('nobody', (ids) => ids.length === 0);
    await one.deregister(forever);
    await blue.deregister(forever);
  });

  it('has its lists written by the holder of the lock only', async () => {
    const session = ((await consul.put('/session/create', {})) as { ID: string }).ID;
    const other = ((await consul.put('/session/create', {})) as { ID: string }).ID;
    await consul.put(`/kv/${keys.leader}?acquire=${session}`, '');
    const fleet = fleetOf();
    using lists = follow<unknown>((observer) => fleet.watchLists(observer));
    await eventually('a first answer', () => lists.answers.length > 0);
    const changes = Array.from({ length: 100 }, (_, place) => ({ serviceId: `s/${place}`, share: list(`n${place}`) }));
    expect(await fleet.writeLists(changes, session, forever)).toBe(true);
    await eventually('a wake', () => lists.answers.length > 1);
    const read = await fleet.readLists(forever);
    expect(read.size).toBe(100);
    expect(read.get('s/99')).toMatchObject({ type: 'list', share: { nodes: ['n99'], probes: [] } });
    expect(await fleet.writeLists([{ serviceId: 's/0', share: undefined }], other, forever)).toBe(false);
    expect((await fleet.readLists(forever)).size).toBe(100);
    const removals = changes.map(({ serviceId }) => ({ serviceId, share: undefined }));
    expect(await fleet.writeLists(removals, session, forever)).toBe(true);
    expect((await fleet.readLists(forever)).size).toBe(0);
  });
});

describe('the first contact', () => {
  it('tells agent and version', async () => {
    expect(await contact(client, forever)).toMatchObject({ nodeName: 'agent', datacenter: 'dc1' });
    expect(await hasLeader(client, forever)).toBe(true);
  });

  it('names the permission that is missing, and never the token', async () => {
    await using guarded = await startConsul({ aclEnabled: true });
    const stranger = await connect(guarded, { token: '11111111-0000-4000-8000-000000000000' });
    const refused = await contact(stranger, forever).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'ESM_CONSUL_FORBIDDEN',
      message: expect.stringContaining('agent read') as string,
    });
    stranger.setToken('');
    await expect(contact(stranger, forever)).rejects.toMatchObject({ code: 'ESM_CONSUL_FORBIDDEN' });
    stranger.setToken(guarded.token);
    expect(await contact(stranger, forever)).toMatchObject({ nodeName: 'agent' });
    expect(inspect(refused, { depth: 9 })).not.toContain('11111111');
    await stranger.close();
  });

  it('says that nobody is there', async () => {
    const nobody = await connect(consul, { httpAddr: '127.0.0.1:1' });
    await expect(contact(nobody, forever)).rejects.toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    await nobody.close();
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    await consul.kill('SIGSTOP');
    const waiting = contact(client, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await consul.kill('SIGCONT');
  });
});
