import { createActor, type ActorRefFrom, type AnyActorRef, type AnyEventObject } from 'xstate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daemonMachine, type DaemonActors, type DaemonEvent } from '../../machines/daemon.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { createPromisePort, flush } from '../support/fake-ports.ts';
import { createPart } from '../support/part.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'connection refused');
const OUTAGE = { type: 'consul.failed', code: 'ESM_CONSUL_UNAVAILABLE', message: 'connection refused' } as const;
const REFUSAL = { type: 'consul.failed', code: 'ESM_CONSUL_FORBIDDEN', message: 'Permission denied' } as const;
const PARTS = ['writer', 'registration', 'leadership', 'watchlist', 'roster'] as const;
type PartName = (typeof PARTS)[number];

const coverage = createCoverage(daemonMachine);

const openPorts = () => ({
  contact: createPromisePort(),
  awaitConsul: createPromisePort(),
  writer: createPart(),
  registration: createPart(),
  leadership: createPart(),
  watchlist: createPart(),
  roster: createPart(),
});

let clock = createVirtualClock();
let ports = openPorts();
let daemon: ActorRefFrom<typeof daemonMachine>;
let emitted: AnyEventObject[] = [];

beforeEach(() => {
  clock = createVirtualClock();
  ports = openPorts();
  emitted = [];
  const actors = {
    contact: ports.contact.logic,
    awaitConsul: ports.awaitConsul.logic,
    writer: ports.writer.logic,
    registration: ports.registration.logic,
    leadership: ports.leadership.logic,
    watchlist: ports.watchlist.logic,
    roster: ports.roster.logic,
  } as unknown as DaemonActors; // safe: the daemon chart reads nothing of its parts but their end
  daemon = createActor(daemonMachine.provide({ actors }), {
    clock,
    inspect: coverage.inspect,
    input: { serviceId: 'esm:a', beatMs: 2_000, batchFlushIntervalMs: 0 },
  });
  daemon.on('*', (event) => emitted.push(event));
  daemon.start();
});

afterEach(() => {
  daemon.stop();
  expect(clock.pending).toBe(0);
});

const tell = (event: DaemonEvent): void => {
  daemon.send(event);
};

const state = (): unknown => daemon.getSnapshot().value;
const region = (name: 'phase' | 'consul' | 'requests'): unknown =>
  (state() as { serving: object }).serving[name as never]; // safe: read only
const heard = (part: PartName): string[] =>
  ports[part]
    .last()
    .received.map(({ type }) => type)
    .filter((type) => !type.startsWith('xstate.'));
const isRunning = (part: PartName): boolean => ports[part].runs.length > 0 && !ports[part].last().isStopped();

const settle = async (port: 'contact' | 'awaitConsul', error?: Error): Promise<void> => {
  if (error === undefined) ports[port].last().resolve();
  else ports[port].last().reject(error);
  await flush();
};

const startServing = (): Promise<void> => settle('contact');

describe('contacting', () => {
  it('starts all parts with the first good answer, and none before', async () => {
    expect(PARTS.map((part) => ports[part].runs.length)).toEqual([0, 0, 0, 0, 0]);
    await startServing();
    expect(PARTS.map(isRunning)).toEqual([true, true, true, true, true]);
    expect(ports.writer.last().input).toEqual({ parent: daemon, batchFlushIntervalMs: 0 });
    expect(ports.registration.last().input).toEqual({ parent: daemon, serviceId: 'esm:a', beatMs: 2_000 });
    expect(ports.leadership.last().input).toMatchObject({ parent: daemon, serviceId: 'esm:a' });
    expect(ports.watchlist.last().input).toEqual({ parent: daemon });
    const known = ['writer', 'leadership', 'watchlist'] as const;
    const idOf = (part: string) => (daemon.system.get(part) as AnyActorRef | undefined)?.id; // safe: a system holds actors
    expect(known.map(idOf)).toEqual(known);
  });

  it('asks once a second for as long as it takes, and says why each time', async () => {
    for (let second = 1; second <= 40; second += 1) {
      await settle('contact', DOWN);
      expect(state()).toEqual({ contacting: 'waiting' });
      await clock.advance(999);
      expect(ports.contact.calls).toHaveLength(second);
      await clock.advance(1);
      expect(ports.contact.calls).toHaveLength(second + 1);
    }
    expect(emitted).toHaveLength(40);
    expect(emitted[0]).toEqual({
      type: 'contact.failed',
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: 'connection refused',
    });
    await startServing();
    expect(region('phase')).toBe('running');
  });

  it('refuses a Consul that is too old, with exit code 12', async () => {
    await settle('contact', new EsmError('ESM_CONSUL_UNSUPPORTED', 'Consul 1.3.0 is too old'));
    expect(daemon.getSnapshot()).toMatchObject({
      status: 'done',
      output: { type: 'refused', exitCode: 12, message: 'Consul 1.3.0 is too old' },
    });
  });

  it.each(['asking', 'waiting'])('stops at once and cleanly while %s', async (where) => {
    if (where === 'waiting') await settle('contact', DOWN);
    expect(state()).toEqual({ contacting: where });
    tell({ type: 'daemon.stop' });
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
    expect(ports.contact.last().signal.aborted).toBe(where === 'asking');
    await flush();
  });
});

describe('serving', () => {
  beforeEach(startServing);

  it('lets leadership begin once the own entry stands, and again when it stands anew', () => {
    expect(heard('leadership')).toEqual([]);
    tell({ type: 'registration.registered' });
    tell({ type: 'registration.registered' });
    expect(heard('leadership')).toEqual(['registration.registered', 'registration.registered']);
  });

  it('tells leadership when the own entry is lost: its session may go with it', () => {
    tell({ type: 'registration.lost' });
    expect(heard('leadership')[0]).toBe('registration.lost');
  });

  it('has all watches ask anew when the own entry is lost: Consul may have lost its state, and hold them for an old index', () => {
    tell({ type: 'registration.lost' });
    expect(heard('leadership')).toContain('consul.reachable');
    expect(heard('watchlist')).toEqual(['consul.reachable']);
    expect(heard('roster')).toEqual(['consul.reachable']);
    expect(heard('writer')).toEqual([]);
  });

  it('has the own entry looked after when the own list is gone: a leader may take this instance for gone', () => {
    tell({ type: 'watchlist.missed' });
    expect(heard('registration')).toEqual(['consul.reachable']);
  });

  it('ends with exit code 13 when another instance lives under the id', () => {
    tell({ type: 'registration.refused', message: 'already registered' });
    expect(daemon.getSnapshot()).toMatchObject({
      status: 'done',
      output: { type: 'refused', exitCode: 13, message: 'already registered' },
    });
    expect(PARTS.map(isRunning)).toEqual([false, false, false, false, false]);
  });

  it('passes the share and changed settings to the roster as they are', () => {
    const share = { nodes: ['a'], probes: [], modifyIndex: 7 };
    tell({ type: 'watchlist.changed', share });
    tell({ type: 'settings.changed' });
    expect(ports.roster.last().received.slice(-2)).toEqual([
      { type: 'watchlist.changed', share },
      { type: 'settings.changed' },
    ]);
  });

  it('tells of a list that cannot be read', () => {
    tell({ type: 'watchlist.unreadable', key: 'k', reason: 'no JSON' });
    expect(emitted).toEqual([{ type: 'list.unreadable', key: 'k', reason: 'no JSON' }]);
  });

  it('tells of an actor beneath a part that its part starts anew', () => {
    tell({ type: 'actor.failed', actor: 'assignment', code: 'ESM_UNEXPECTED', message: 'oops' });
    expect(emitted).toEqual([{ type: 'part.failed', part: 'assignment', code: 'ESM_UNEXPECTED', message: 'oops' }]);
    expect(region('phase')).toBe('running');
  });
});

describe('an outage', () => {
  beforeEach(startServing);

  const everybody = (): string[][] => PARTS.map(heard);
  const WOKEN = PARTS.map(() => ['consul.reachable']);

  it('is told once, however many parts meet it', () => {
    tell(OUTAGE);
    tell(OUTAGE);
    tell({ ...OUTAGE, message: 'another' });
    expect(region('consul')).toEqual({ unreachable: 'awaited' });
    expect(emitted).toEqual([{ type: 'consul.lost', code: 'ESM_CONSUL_UNAVAILABLE', message: 'connection refused' }]);
    expect(ports.awaitConsul.calls).toHaveLength(1);
    expect(region('requests')).toBe('accepted');
  });

  it('ends every back-off with the first good answer, and is told to be over 2 s later', async () => {
    tell(OUTAGE);
    expect(everybody()).toEqual(PARTS.map(() => []));
    await settle('awaitConsul');
    expect(everybody()).toEqual(WOKEN);
    await clock.advance(1_999);
    expect(region('consul')).toEqual({ unreachable: 'returning' });
    expect(emitted).toHaveLength(1);
    await clock.advance(1);
    expect(region('consul')).toBe('reachable');
    expect(emitted.at(-1)).toEqual({ type: 'consul.returned' });
    tell(OUTAGE);
    expect(emitted.map(({ type }) => type)).toEqual(['consul.lost', 'consul.returned', 'consul.lost']);
  });

  it('goes on untold when Consul fails again as soon as it is back', async () => {
    tell(OUTAGE);
    await settle('awaitConsul');
    await clock.advance(1_500);
    tell(OUTAGE);
    expect(region('consul')).toEqual({ unreachable: 'awaited' });
    await clock.advance(10_000);
    await settle('awaitConsul');
    await clock.advance(2_000);
    expect(emitted.map(({ type }) => type)).toEqual(['consul.lost', 'consul.returned']);
  });

  it('is over though something is refused as soon as Consul is back', async () => {
    tell(OUTAGE);
    await settle('awaitConsul');
    tell(REFUSAL);
    await clock.advance(2_000);
    expect(region('consul')).toBe('reachable');
  });

  it('asks on when the question itself fails', async () => {
    tell(OUTAGE);
    await settle('awaitConsul', new Error('oops'));
    expect(ports.awaitConsul.calls).toHaveLength(2);
    await settle('awaitConsul');
    expect(region('consul')).toEqual({ unreachable: 'returning' });
  });

  it('does not stop the daemon from stopping', async () => {
    tell(OUTAGE);
    tell({ type: 'daemon.stop' });
    await clock.advance(5_000);
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
    expect(ports.awaitConsul.last().signal.aborted).toBe(true);
  });
});

describe('a refused request', () => {
  beforeEach(startServing);

  it('is no outage; told once, and over when nothing was refused for 15 s', async () => {
    tell(REFUSAL);
    expect(region('consul')).toBe('reachable');
    expect(region('requests')).toBe('refused');
    await clock.advance(14_999);
    tell({ ...REFUSAL, message: 'another' });
    await clock.advance(14_999);
    expect(emitted).toEqual([{ type: 'request.refused', code: 'ESM_CONSUL_FORBIDDEN', message: 'Permission denied' }]);
    await clock.advance(1);
    expect(region('requests')).toBe('accepted');
    expect(emitted.at(-1)).toEqual({ type: 'request.accepted' });
  });

  it('outlives an outage that comes between', async () => {
    tell(REFUSAL);
    await clock.advance(10_000);
    tell(OUTAGE);
    expect(region('requests')).toBe('refused');
    expect(region('consul')).toEqual({ unreachable: 'awaited' });
    await clock.advance(5_000);
    expect(region('requests')).toBe('accepted');
  });
});

describe('stopping', () => {
  beforeEach(async () => {
    await startServing();
    tell({ type: 'daemon.stop' });
  });

  it('quiets the roster, resigns and drains at once, and deregisters only when the lock is free', () => {
    expect(heard('roster')).toEqual(['roster.quiet']);
    expect(heard('writer')).toEqual(['writer.drain']);
    expect(heard('leadership')).toEqual(['leadership.resign']);
    expect(heard('registration')).toEqual([]);
    ports.leadership.last().end();
    expect(heard('registration')).toEqual(['registration.resign']);
  });

  it.each([
    ['the entry last', ['writes', 'entry']],
    ['the writes last', ['entry', 'writes']],
  ])('ends when nothing is held and nothing owed, %s', (_, order) => {
    for (const what of order) {
      expect(daemon.getSnapshot().status).toBe('active');
      if (what === 'writes') tell({ type: 'writer.emptied' });
      else {
        ports.leadership.last().end();
        ports.registration.last().end();
      }
    }
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
    expect(['writer', 'watchlist', 'roster'].map((part) => isRunning(part as PartName))).toEqual([false, false, false]); // safe: three of them
  });

  it('takes no longer than 5 s', async () => {
    await clock.advance(4_999);
    expect(daemon.getSnapshot().status).toBe('active');
    await clock.advance(1);
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
  });

  it('starts nothing anew when a part dies on the way out', async () => {
    ports.leadership.last().die(new Error('oops'));
    expect(emitted.at(-1)).toMatchObject({ type: 'part.failed', part: 'leadership' });
    await clock.advance(5_000);
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
    expect(ports.leadership.runs).toHaveLength(1);
  });
});

describe('a part that dies', () => {
  beforeEach(startServing);

  it.each(PARTS)('takes all others with it and starts anew with them after a while: %s', async (part) => {
    ports[part].last().die(new Error('oops'));
    expect(emitted).toEqual([{ type: 'part.failed', part, code: 'ESM_UNEXPECTED', message: 'oops' }]);
    expect(state()).toBe('restarting');
    expect(PARTS.filter((other) => other !== part).map(isRunning)).toEqual([false, false, false, false]);
    await clock.advance(249);
    expect(state()).toBe('restarting');
    await clock.advance(1);
    expect(region('phase')).toBe('running');
    expect(PARTS.map((other) => ports[other].runs.length)).toEqual([2, 2, 2, 2, 2]);
  });

  it('waits longer each time, and as little as at first after a minute of health', async () => {
    for (const waitMs of [250, 500, 1_000]) {
      ports.writer.last().die(new Error('oops'));
      await clock.advance(waitMs - 1);
      expect(state()).toBe('restarting');
      await clock.advance(1);
      expect(region('phase')).toBe('running');
    }
    await clock.advance(60_000);
    ports.writer.last().die(new Error('oops'));
    await clock.advance(250);
    expect(region('phase')).toBe('running');
  });

  it('does not keep the daemon from stopping while it waits', () => {
    ports.writer.last().die(new Error('oops'));
    tell({ type: 'daemon.stop' });
    expect(daemon.getSnapshot()).toMatchObject({ status: 'done', output: { type: 'stopped' } });
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
