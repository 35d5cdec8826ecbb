/** An instance that stands still for some seconds (a stopped process, a suspended or starved machine) does no harm by it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOf, register, untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import type { TestDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { startInstances } from '../../support/instances.ts';
import { pathOf, registerNode, registerNodes, untilProbed } from '../../support/probed-nodes.ts';
import { readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { startHttpTarget, type Target } from '../../support/targets.ts';
import { startWeb } from '../../support/web.ts';

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

/** Stops the process in its tracks, and lets it go on after `ms`. */
const standStill = async (daemon: TestDaemon, ms: number): Promise<void> => {
  daemon.signal('SIGSTOP');
  await pause(ms);
  daemon.signal('SIGCONT');
};

interface SlowTarget extends Target {
  /** Requests for `/slow` so far. */
  readonly asked: number;
}

/** Takes a second to answer `/slow`, by `well` or by sending the client on to `/well`, which it answers at once. */
const startSlowTarget = async (isRedirect: boolean): Promise<SlowTarget> => {
  let asked = 0;
  const target = await startHttpTarget(({ url }, response) => {
    if (url === '/well') {
      response.end('well');
      return;
    }
    asked += 1;
    void pause(1_000).then(() => {
      if (isRedirect) response.writeHead(302, { Location: '/well' });
      response.end('well');
    });
  });
  return Object.defineProperty(target as SlowTarget, 'asked', { get: () => asked }); // safe: gains what it lacks right here
};

const registerSlow = ({ name, unpinged }: Fleet, { port }: Target): Promise<unknown> =>
  register(consul, {
    node: `${name}-a`,
    meta: unpinged,
    checks: [
      {
        CheckID: 'slow',
        Name: 'slow',
        Status: 'critical',
        Definition: { HTTP: `http://127.0.0.1:${port}/slow`, Interval: '2s', Timeout: '2s' },
      },
    ],
  });

test.concurrent.each([
  ['lies in the socket', 'still', false],
  ['takes another request', 'redirect', true],
])('a pause of 4 s during a probe is not its time-out, when the answer %s', async (_, name, isRedirect) => {
  const fleet = createFleet(consul, `pause-${name}`);
  await using target = await startSlowTarget(isRedirect);
  await registerSlow(fleet, target);
  await using daemon = await fleet.start();
  const before = await untilStatus(consul, `${fleet.name}-a`, 'slow', 'passing');
  const results = (): number => daemon.lines(`Check '${fleet.name}-a/slow' is passing`).length;

  for (let round = 0; round < 2; round += 1) {
    const [asked, told] = [target.asked, results()];
    await eventually('a run under way', () => target.asked > asked);
    await standStill(daemon, 4_000);
    await eventually('two results more', () => results() >= told + 2);
  }
  expect(daemon.lines('critical')).toEqual([]);
  expect(daemon.lines(/\[(WARN|ERROR)\]/)).toEqual([]);
  expect((await checkOf(consul, `${fleet.name}-a`, 'slow'))?.ModifyIndex).toBe(before.ModifyIndex);
});

interface Entry {
  readonly Service: { readonly ID: string; readonly CreateIndex: number };
}

/** The healthy instances, each with the index of its registration. */
const entriesOf = async ({ name }: Fleet): Promise<readonly string[]> => {
  const entries = (await consul.get(`/health/service/${name}?passing&consistent`)) as readonly Entry[]; // safe: what Consul answers
  return entries.map(({ Service }) => `${Service.ID} ${Service.CreateIndex}`).sort();
};

test.concurrent('a pause of 5 s of any instance, the leader too, moves no node and loses no registration', async () => {
  const fleet = createFleet(consul, 'pause-fleet');
  await using web = await startWeb();
  const nodes = await registerNodes(fleet, 6, web, '1s');
  await using instances = await startInstances(fleet, ['one', 'two']);
  const lists = await untilShared(fleet, ['one', 'two'], nodes.length);
  const leader = await untilLeader(fleet);
  const entries = await entriesOf(fleet);
  await untilProbed(web, nodes, 2);

  for (const id of [leader, leader === 'one' ? 'two' : 'one']) {
    await standStill(instances.get(id), 5_000);
    const hits = Math.max(...nodes.map((node) => web.hits(pathOf(node))));
    await untilProbed(web, nodes, hits + 2);
    expect(await entriesOf(fleet)).toEqual(entries);
    expect(await readLists(fleet)).toEqual(lists);
  }
  expect(instances.all.flatMap((daemon) => daemon.lines(/critical|\[(WARN|ERROR)\]/))).toEqual([]);
  await registerNode(fleet, `${fleet.name}-young`, web, '1s');
  await untilShared(fleet, ['one', 'two'], nodes.length + 1); // the leader leads on
});
