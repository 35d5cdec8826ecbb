/** The leader's lock: Consul's session lock as the Go client keeps it, so that instances of both kinds can share a fleet. */
import { parseGoDuration } from '../duration.ts';
import { EsmError } from '../errors.ts';
import { asArray, asObject, asString, jsonOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { Lock, LockHolder, WatchObserver } from './consul.ts';
import { isUnfitForSession, isUnknownSession, refusal, requireOk } from './errors.ts';
import type { Keys } from './keys.ts';
import { kvPath, parseEntries } from './kv.ts';
import { ttlCheckId } from './registrar.ts';
import { startWatch, type Hold } from './watch.ts';

/** What marks a key as a lock to the Go client, 0x2ddccbc058a50c18. Beyond 2^53, so never a number. */
const LOCK_FLAGS = '3304740253564472344';

/** The shortest that Consul takes; renewed at half of it. The TTL check ends the session of a dead instance sooner still. */
const SESSION_TTL_MS = 10_000;
const SESSION_TTL = `${SESSION_TTL_MS / 1000}s`;

/** Every write of the leader is fenced, so the delay need not outlast a leader that does not know that it is none. */
const LOCK_DELAY = '1s';

/**
 * The pulse of an instance: a question that is always under way, and answered every few seconds. Where the server that holds it is
 * cut off, or has lost the others, it is the first to be missed, and whoever else waits there asks anew. What asks now and then
 * instead may fall before the cut and after the election, which takes 2 s, and notice nothing.
 */
const PULSE: Hold = { waitS: 5, wayMs: 2_000 };

export interface LockOptions {
  readonly client: ConsulClient;
  readonly keys: Keys;
  /** The own service, whose TTL check the session is bound to. */
  readonly serviceId: string;
}

export function createLock({ client, keys, serviceId }: LockOptions): Lock {
  const key = keys.leader;
  const put = (by: 'acquire' | 'release') => (session: string, signal: AbortSignal) =>
    putLock(client, key, by, session, signal);
  const release = put('release');
  return {
    key,
    goKey: keys.goLeader,
    acquire: put('acquire'),
    async release(session, signal) {
      await release(session, signal);
    },
    createSession: (signal) => createSession(client, ttlCheckId(serviceId), signal),
    renewSession: (session, limitMs, signal) => renewSession(client, session, limitMs, signal),
    async destroySession(session, signal) {
      const what = 'destroying the session';
      requireOk(
        what,
        await client.control(what, (consul, options) => consul.session.destroy({ id: session, ...options }), signal),
      );
    },
    watch: (observer) => watchHolder(client, key, observer, PULSE),
    watchGoLock: keys.goLeader === key ? undefined : (observer) => watchHolder(client, keys.goLeader, observer),
  };
}

/** The package leaves ServiceChecks out. Consul before 1.7 does so too: there the session's TTL alone ends it. */
async function createSession(client: ConsulClient, checkId: string, signal: AbortSignal): Promise<string | undefined> {
  const what = 'creating a session';
  const body = JSON.stringify({
    Name: 'Consul API Lock',
    TTL: SESSION_TTL,
    LockDelay: LOCK_DELAY,
    NodeChecks: ['serfHealth'],
    ServiceChecks: [{ ID: checkId }],
  });
  const answer = await client.ask({ method: 'PUT', path: '/v1/session/create', body }, signal);
  if (isUnfitForSession(answer)) return undefined;
  requireOk(what, answer, 'session write');
  const id = asString(asObject(jsonOf(what, answer))?.['ID']);
  if (id === '') throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer holds no id`);
  return id;
}

async function renewSession(
  client: ConsulClient,
  session: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const what = 'renewing the session';
  const answer = await client.control(
    what,
    (consul, options) => consul.session.renew({ id: session, ...options }),
    signal,
    limitMs,
  );
  if (isUnknownSession(answer)) return undefined;
  requireOk(what, answer);
  const ttl = asString(asObject(asArray(answer.value)[0])?.['TTL']);
  return (ttl === SESSION_TTL ? SESSION_TTL_MS : (parseGoDuration(ttl) ?? SESSION_TTL_MS)) / 2;
}

/** Resolves to whether the key is now held (or free) by this hand. A dead session counts as no. */
async function putLock(
  client: ConsulClient,
  key: string,
  by: 'acquire' | 'release',
  session: string,
  signal: AbortSignal,
): Promise<boolean> {
  const what = `${by} ${key}`;
  // safe: the package hands flags on as they are; its type knows numbers only, which would round them
  const flags = LOCK_FLAGS as unknown as number;
  const entry = { key, value: '', flags, [by]: session };
  const answer = await client.control(what, (consul, options) => consul.kv.set({ ...options, ...entry }), signal);
  if (isUnknownSession(answer)) return false;
  if (answer.status !== 200) throw refusal(what, answer, `write on key ${key}`);
  return answer.value === true;
}

const watchHolder = (client: ConsulClient, key: string, observer: WatchObserver<LockHolder>, hold?: Hold) =>
  startWatch<LockHolder>(
    client,
    {
      what: `watching ${key}`,
      path: kvPath(key),
      query: [['consistent', '']],
      isAbsentOk: true,
      hold,
      permission: `read on key ${key}`,
      parse: (answer) => {
        const entry = parseEntries(`watching ${key}`, answer)[0];
        if (entry === undefined || entry.session === '') return { type: 'free' };
        return { type: 'held', session: entry.session, lockIndex: entry.lockIndex, flags: entry.flags };
      },
    },
    observer,
  );
