/**
 * What an instance had sent when it was stopped in its tracks reaches Consul only after another has taken its place: it takes
 * no effect. A stopped process stands for every long pause; a proxy holds the one request back that matters.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf, checksOf, kvOf, register, servicesOf, untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import type { TestDaemon } from '../../support/daemon.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { startHeldConsul, type HeldConsul, type SentOperation } from '../../support/held-consul.ts';
import { readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { broken, ok, startPingTarget, startWeb, type Web } from '../../support/web.ts';

let consul: TestConsul;
let web: Web;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
});

afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

const PACE = 'node_probe_interval = "1s"\nnode_reconnect_timeout = "2s"';

/** What two instances and two nodes, one each, come to; the one called `late` speaks to Consul through a proxy. */
interface Scene extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly held: HeldConsul;
  readonly late: TestDaemon;
  /** The node of `late`, with its one service, its one check and the port that its pings go to. */
  readonly node: string;
  readonly path: string;
  pings: AsyncDisposable & { readonly port: number };
}

async function setTheScene(name: string, first: 'late' | 'other'): Promise<Scene> {
  const fleet = createFleet(consul, name);
  const held = await startHeldConsul(consul.url);
  const starts = {
    late: () => createFleet({ ...consul, url: held.url }, name).start(PACE, 'late'),
    other: () => fleet.start(PACE, 'other'),
  };
  const leader = await starts[first]();
  await leader.until('Obtained leadership');
  const follower = await starts[first === 'late' ? 'other' : 'late']();
  const pings = await Promise.all([startPingTarget(), startPingTarget()]);
  const names = pings.map((_, at) => `${name}-${at}`);
  for (const [at, node] of names.entries()) await registerNode(fleet, node, pings[at]?.port ?? 0);
  const lists = await untilShared(fleet, ['late', 'other'], 2);
  const [node = ''] = lists.get('late')?.nodes ?? [];
  for (const one of names) {
    await untilStatus(consul, one, 'web', 'passing');
    await untilStatus(consul, one, 'externalNodeHealth', 'passing');
  }
  const [late, other] = first === 'late' ? [leader, follower] : [follower, leader];
  const own = pings[names.indexOf(node)];
  if (own === undefined) throw new Error(`'late' holds ${node}, which is none of ${names.join(', ')}`);
  const scene: Scene = {
    ...{ fleet, held, late, node, path: `/${node}`, pings: own },
    async [Symbol.asyncDispose]() {
      for (const one of [late, other, held, ...pings, scene.pings]) await one[Symbol.asyncDispose]();
    },
  };
  return scene;
}

const registerNode = (fleet: Fleet, node: string, pingPort: number): Promise<unknown> =>
  register(consul, {
    node,
    meta: { ...fleet.pinged, 'external-probe-port': String(pingPort) },
    service: { ID: 'web', Service: 'web' },
    checks: [
      {
        CheckID: 'web',
        Name: 'web',
        ServiceID: 'web',
        Status: 'critical',
        Definition: { HTTP: web.url(`/${node}`), Interval: '1s', DeregisterCriticalServiceAfter: '2s' },
      },
    ],
  });

interface Case {
  readonly what: string;
  /** Who is there first, and so leads. */
  readonly first: 'late' | 'other';
  /** The operation that reaches Consul too late. */
  readonly isLate: (operation: SentOperation) => boolean;
  /** Has `late` send it. */
  readonly provoke: (scene: Scene) => unknown;
  /** Undoes the cause, so that the other finds all well. */
  readonly heal: (scene: Scene) => unknown;
  readonly refusal: string;
}

const breakWeb = ({ path }: Scene): void => {
  web.answer(path, () => broken());
};
const healWeb = ({ path }: Scene): void => {
  web.answer(path, () => ok());
};

const CASES: readonly Case[] = [
  {
    what: 'a list written as leader',
    first: 'late',
    isLate: ({ KV }) => KV?.Verb === 'check-session',
    provoke: ({ fleet }) => registerNode(fleet, `${fleet.name}-young`, 1),
    heal: ({ fleet }) => consul.put('/catalog/deregister', { Node: `${fleet.name}-young` }),
    refusal: 'failed session check',
  },
  {
    what: 'the reaping of a node',
    first: 'other',
    isLate: ({ Node }) => Node?.Verb === 'delete-cas',
    provoke: (scene) => scene.pings[Symbol.asyncDispose](),
    heal: async (scene) => (scene.pings = await startPingTarget(scene.pings.port)),
    refusal: 'index check',
  },
  {
    what: 'the removal of a service',
    first: 'other',
    isLate: ({ Service }) => Service?.Verb === 'delete-cas',
    provoke: breakWeb,
    heal: healWeb,
    refusal: 'index check',
  },
  {
    what: 'a status',
    first: 'other',
    isLate: ({ Check }) => Check?.Check?.Status === 'critical',
    provoke: breakWeb,
    heal: healWeb,
    refusal: 'index check',
  },
];

describe.concurrent('of an instance that another has taken over from', () => {
  test.each(CASES)('$what takes no effect', async (given) => {
    const { first, isLate, provoke, heal, refusal } = given;
    await using scene = await setTheScene(`fence-${CASES.indexOf(given)}`, first);
    const { fleet, held, late, node } = scene;
    held.hold(isLate);
    await provoke(scene);
    await held.caught();
    late.signal('SIGSTOP');
    await heal(scene);

    await untilLeader(fleet, (id) => id === 'other', 30_000);
    await untilShared(fleet, ['other'], 2, 30_000);
    await untilStatus(consul, node, 'web', 'passing');
    await untilStatus(consul, node, 'externalNodeHealth', 'passing');
    const before = [await readLists(fleet), await checksOf(consul, node)];
    const { status, body } = await held.release();
    expect([status, body]).toEqual([409, expect.stringContaining(refusal)]);
    expect([await readLists(fleet), await checksOf(consul, node)]).toEqual(before);

    late.signal('SIGCONT');
    await untilShared(fleet, ['late', 'other'], 2, 30_000);
    expect(await servicesOf(consul, node)).toEqual(['web']);
    for (const id of ['web', 'externalNodeHealth']) expect((await checkOf(consul, node, id))?.Status).toBe('passing');
    expect(await kvOf(consul, `${fleet.name}/probes/${node}`)).toBeUndefined();
    expect(late.lines(/Removed a/)).toEqual([]);
    expect(await late.stop()).toBe(0);
  });
});
