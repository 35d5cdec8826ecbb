import type { NonReducibleUnknown } from 'xstate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignmentMachine, type FleetNews, type Survey, type WriteListsInput } from '../../machines/assignment.ts';
import { leadershipMachine, type LeadershipActors, type LockNews } from '../../machines/leadership.ts';
import { sessionMachine, type Holder, type Renewal } from '../../machines/session.ts';
import { leadershipLogic } from '../../src/actors/leadership.ts';
import type { Fleet, Lock, LockHolder, WatchObserver } from '../../src/consul/consul.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import {
  createCallbackPort,
  createPromisePort,
  flush,
  type CallbackPort,
  type PromisePort,
} from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

interface Claim {
  readonly session: string;
}

interface WakeOrder {
  readonly type: 'consul.reachable';
}

const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'refused');
const FREE: Holder = { type: 'free' };
const OTHERS: Holder = { type: 'held', session: 'another' };
const OURS: Holder = { type: 'held', session: 's1' };

const coverage = createCoverage(leadershipMachine);

const openPorts = (): {
  readonly locks: CallbackPort<WakeOrder, LockNews, NonReducibleUnknown>;
  readonly fleet: CallbackPort<WakeOrder, FleetNews, NonReducibleUnknown>;
  readonly create: PromisePort<string | undefined, NonReducibleUnknown>;
  readonly renew: PromisePort<number | undefined, Renewal>;
  readonly destroy: PromisePort<void, Claim>;
  readonly acquire: PromisePort<boolean, Claim>;
  readonly release: PromisePort<void, Claim>;
  readonly withdraw: PromisePort<void, Claim>;
  readonly survey: PromisePort<Survey, NonReducibleUnknown>;
  readonly writeLists: PromisePort<boolean, WriteListsInput>;
} => ({
  locks: createCallbackPort(),
  fleet: createCallbackPort(),
  create: createPromisePort(),
  renew: createPromisePort(),
  destroy: createPromisePort(),
  acquire: createPromisePort(),
  release: createPromisePort(),
  withdraw: createPromisePort(),
  survey: createPromisePort(),
  writeLists: createPromisePort(),
});

let clock = createVirtualClock();
let ports = openPorts();
let chart: ChildChart<typeof leadershipMachine>;

beforeEach(() => {
  clock = createVirtualClock();
  ports = openPorts();
  const actors = {
    locks: ports.locks.logic,
    session: sessionMachine.provide({
      actors: { create: ports.create.logic, renew: ports.renew.logic, destroy: ports.destroy.logic },
    }),
    assignment: assignmentMachine.provide({
      actors: { fleet: ports.fleet.logic, survey: ports.survey.logic, writeLists: ports.writeLists.logic },
    }),
    acquire: ports.acquire.logic,
    release: ports.release.logic,
    withdraw: ports.withdraw.logic,
  } satisfies LeadershipActors;
  chart = startChildChart(
    leadershipMachine.provide({ actors }),
    { serviceId: 'x' },
    { clock, inspect: coverage.inspect },
  );
});

afterEach(() => {
  chart.stop();
  expect(clock.pending).toBe(0);
  expect([...ports.locks.runs, ...ports.fleet.runs].every(({ isStopped }) => isStopped())).toBe(true);
});

const lock = (holder: Holder): void => {
  ports.locks.last().send({ type: 'lock.changed', holder });
};

const goLock = (holder: Holder): void => {
  ports.locks.last().send({ type: 'goLock.changed', holder });
};

const settle = async (
  port: 'acquire' | 'release' | 'withdraw' | 'renew' | 'create' | 'destroy',
  output?: unknown,
): Promise<void> => {
  ports[port].last().resolve(output as never); // safe: each test answers in the port's own words
  await flush();
};

const fail = async (port: 'acquire' | 'release' | 'withdraw' | 'renew'): Promise<void> => {
  ports[port].last().reject(DOWN);
  await flush();
};

const state = (): unknown => (chart.state() as { competing?: unknown }).competing ?? chart.state(); // safe: read only
const emitted = (): string[] => chart.emitted.map(({ type }) => type.replace('leadership.', ''));

/** Registered, with a session that was just renewed; the lock is free, and nothing known of that of Go instances. */
const startCompeting = async (): Promise<void> => {
  chart.actor.send({ type: 'registration.registered' });
  lock(FREE);
  await settle('create', 's1');
  await clock.advance(0);
  await settle('renew', 5_000);
};

const startCandidate = async (): Promise<void> => {
  await startCompeting();
  goLock(FREE);
};

const startLeader = async (): Promise<void> => {
  await startCandidate();
  await settle('acquire', true);
  lock(OURS);
};

/** The session is found dead by its next renewal. */
const loseSession = async (): Promise<void> => {
  chart.actor.send({ type: 'registration.lost' });
  await settle('renew', undefined);
};

/** The actor `id` throws, as only a mistake of ours can make it. */
const breakActor = (id: string): void => {
  chart.actor.send({ type: `xstate.error.actor.${id}`, error: new TypeError('bug') } as never); // safe: what XState sends
};

describe('unregistered', () => {
  it('asks Consul for nothing before the own TTL check passes', async () => {
    await clock.advance(60_000);
    expect(ports.locks.runs).toHaveLength(0);
    expect(ports.create.calls).toHaveLength(0);
    chart.actor.send({ type: 'registration.registered' });
    expect(state()).toBe('follower');
    expect(emitted()).toEqual(['waiting']);
  });

  it('resigns at once', () => {
    chart.actor.send({ type: 'leadership.resign' });
    expect(chart.state()).toBe('resigned');
  });
});

describe('follower', () => {
  it('stays one while another holds the lock, its own former self too, and needs no session', () => {
    chart.actor.send({ type: 'registration.registered' });
    goLock(FREE);
    lock(OTHERS);
    expect(state()).toBe('follower');
    expect(ports.create.calls).toHaveLength(0);
    expect(ports.acquire.calls).toHaveLength(0);
  });

  it('does not compete before it knows that no Go instance leads', async () => {
    await startCompeting();
    lock(FREE);
    expect(state()).toBe('follower');
    goLock(FREE);
    expect(state()).toEqual({ candidate: 'acquiring' });
  });

  it('does not lead before it knows that no Go instance does, though its session holds the lock', async () => {
    await startCompeting();
    lock(OURS);
    expect(state()).toBe('follower');
    goLock(FREE);
    expect(state()).toBe('leader');
  });

  it('warns of no Go instance that leads while another of ours holds the lock', async () => {
    await startCompeting();
    lock(OTHERS);
    goLock(OTHERS);
    expect(state()).toBe('follower');
    expect(emitted()).toEqual(['waiting']);
  });

  it('does not compete without a session', async () => {
    chart.actor.send({ type: 'registration.registered' });
    goLock(FREE);
    lock(FREE);
    expect(state()).toBe('follower');
    await settle('create', 's1');
    expect(state()).toEqual({ candidate: 'acquiring' });
    expect(ports.acquire.last().input).toEqual({ session: 's1' });
  });

  it('makes a session the moment the lock is free, and competes with it', async () => {
    chart.actor.send({ type: 'registration.registered' });
    goLock(FREE);
    lock(OTHERS);
    lock(FREE);
    expect(ports.create.calls).toHaveLength(1);
    await settle('create', 's1');
    expect(state()).toEqual({ candidate: 'acquiring' });
  });

  it('gives its session back when another was first, and makes a new one when the lock is free again', async () => {
    await startCandidate();
    await settle('acquire', true);
    lock(OTHERS);
    expect(state()).toBe('follower');
    expect(ports.destroy.last().input).toEqual({ session: 's1' });
    await settle('destroy');
    lock(FREE);
    await settle('create', 's2');
    expect(ports.acquire.last().input).toEqual({ session: 's2' });
  });

  it('verifies its session when the registration is lost, regained, or Consul is back', async () => {
    await startCompeting();
    for (const type of ['registration.lost', 'registration.registered', 'consul.reachable'] as const) {
      const renewals = ports.renew.calls.length;
      chart.actor.send({ type });
      expect(ports.renew.calls).toHaveLength(renewals + 1);
      await settle('renew', 5_000);
    }
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('passes on what the watches learn of Consul', async () => {
    await startCompeting();
    ports.locks.last().send({ type: 'consul.failed', code: 'c', message: 'm' });
    expect(chart.told.at(-1)).toEqual({ type: 'consul.failed', code: 'c', message: 'm' });
  });
});

describe('candidate', () => {
  it('leads when the watch shows its session, not before', async () => {
    await startCandidate();
    await settle('acquire', true);
    expect(state()).toEqual({ candidate: 'awaitingWitness' });
    expect(emitted()).toEqual(['waiting']);
    lock(OURS);
    expect(state()).toBe('leader');
    expect(emitted()).toEqual(['waiting', 'obtained']);
  });

  it('leads though the answer to its try was lost', async () => {
    await startCandidate();
    await fail('acquire');
    lock(OURS);
    expect(state()).toBe('leader');
  });

  it('tries every half second while the lock delay runs, and looks whether its session lives', async () => {
    await startCandidate();
    const renewals = ports.renew.calls.length;
    await settle('acquire', false);
    expect(state()).toEqual({ candidate: 'delayed' });
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    await clock.advance(499);
    expect(ports.acquire.calls).toHaveLength(1);
    await clock.advance(1);
    expect(ports.acquire.calls).toHaveLength(2);
  });

  it('asks again when the watch shows nothing of what it was given', async () => {
    await startCandidate();
    await settle('acquire', true);
    await clock.advance(2_000);
    expect(ports.acquire.calls).toHaveLength(2);
  });

  it('backs off after a failure, until Consul is back', async () => {
    await startCandidate();
    await fail('acquire');
    expect(state()).toEqual({ candidate: 'backingOff' });
    await settle('renew', 5_000);
    await clock.advance(250);
    expect(ports.acquire.calls).toHaveLength(2);
    await fail('acquire');
    const renewals = ports.renew.calls.length;
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.acquire.calls).toHaveLength(3);
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('tries again when Consul is back, for the try of before may hang', async () => {
    await startCandidate();
    const renewals = ports.renew.calls.length;
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.acquire.calls[0]?.signal.aborted).toBe(true);
    expect(ports.acquire.calls).toHaveLength(2);
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it.each([
    [
      'somebody else was first',
      () => {
        lock(OTHERS);
      },
    ],
    [
      'a Go instance takes its own key',
      () => {
        goLock(OTHERS);
      },
    ],
  ])('gives up when %s', async (_, happen) => {
    await startCandidate();
    happen();
    expect(ports.acquire.last().signal.aborted).toBe(true);
    expect(state()).toBeOneOf(['follower', 'blocked']);
  });

  it('goes on with a new session when its own has died', async () => {
    await startCandidate();
    await settle('acquire', false);
    await settle('renew', undefined);
    expect(state()).toBe('follower');
    await settle('create', 's2');
    expect(ports.acquire.last().input).toEqual({ session: 's2' });
  });
});

describe('leader', () => {
  it('shares out the nodes, fenced by its session', async () => {
    await startLeader();
    ports.fleet.last().send({ type: 'nodes.changed', nodes: [] });
    ports.fleet.last().send({ type: 'instances.changed', serviceIds: ['x'] });
    ports.survey.last().resolve({ lists: new Map(), registered: new Map(), atMs: clock.now() });
    await flush();
    expect(ports.writeLists.last().input).toEqual({
      session: 's1',
      changes: [{ serviceId: 'x', share: { nodes: [], probes: [] } }],
    });
  });

  it.each([
    [
      'another holds the lock',
      () => {
        lock(OTHERS);
      },
      'follower',
    ],
    [
      'the lock is deleted by hand, and competes again',
      () => {
        lock(FREE);
      },
      'candidate',
    ],
    [
      'a Go instance leads',
      () => {
        goLock(OTHERS);
      },
      'releasing',
    ],
  ])('stops at once when %s', async (_, happen, next) => {
    await startLeader();
    happen();
    expect(ports.fleet.last().isStopped()).toBe(true);
    expect(JSON.stringify(state())).toContain(next);
    expect(emitted()).toEqual(['waiting', 'obtained', 'lost', 'waiting']);
  });

  it('stops at once when its session is dead', async () => {
    await startLeader();
    await loseSession();
    expect(state()).toBe('follower');
    expect(ports.fleet.last().isStopped()).toBe(true);
  });

  it('stops before another can lead when its renewals go unanswered', async () => {
    await startLeader();
    await clock.advance(5_499);
    expect(state()).toBe('leader');
    await clock.advance(1);
    expect(state()).toBe('follower');
    expect(ports.fleet.last().isStopped()).toBe(true);
  });

  it('does nothing as leader after it stood still, and leads on once Consul says that its session lives', async () => {
    await startLeader();
    clock.stall(9_500);
    expect(state()).toBe('follower');
    expect(ports.fleet.last().isStopped()).toBe(true);
    await settle('renew', 5_000);
    expect(state()).toBe('leader');
    expect(ports.fleet.runs).toHaveLength(2);
    expect(ports.acquire.calls).toHaveLength(1);
  });

  it('releases the lock when a write was fenced off', async () => {
    await startLeader();
    ports.fleet.last().send({ type: 'nodes.changed', nodes: [] });
    ports.fleet.last().send({ type: 'instances.changed', serviceIds: ['x'] });
    ports.survey.last().resolve({ lists: new Map(), registered: new Map(), atMs: clock.now() });
    await flush();
    ports.writeLists.last().resolve(false);
    await flush();
    expect(state()).toEqual({ releasing: 'asking' });
    expect(emitted()).toEqual(['waiting', 'obtained', 'lost', 'waiting']);
    lock(OTHERS);
    expect(state()).toBe('follower');
  });

  it('wakes all that waits when Consul is back', async () => {
    await startLeader();
    const renewals = ports.renew.calls.length;
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    expect(ports.fleet.last().received).toEqual([{ type: 'consul.reachable' }]);
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });
});

describe('beside Go instances', () => {
  it('releases, warns once, and competes again when they are gone', async () => {
    await startLeader();
    goLock(OTHERS);
    expect(ports.release.last().input).toEqual({ session: 's1' });
    await settle('release');
    expect(state()).toEqual({ releasing: 'awaitingWitness' });
    lock(FREE);
    expect(state()).toBe('blocked');
    lock(OTHERS);
    lock(FREE);
    expect(emitted().filter((type) => type === 'blocked')).toHaveLength(1);
    await settle('create', 's2');
    expect(state()).toBe('blocked');
    goLock(FREE);
    expect(state()).toEqual({ candidate: 'acquiring' });
  });

  it('gives back a lock that its try got after all', async () => {
    await startCandidate();
    goLock(OTHERS);
    expect(state()).toBe('blocked');
    lock(OURS);
    expect(state()).toEqual({ releasing: 'asking' });
    expect(emitted()).not.toContain('obtained');
  });

  it('gives back a lock that it kept without knowing: its session was in doubt', async () => {
    await startLeader();
    await clock.advance(5_500);
    goLock(OTHERS);
    expect(state()).toBe('follower');
    await settle('renew', 5_000);
    expect(state()).toEqual({ releasing: 'asking' });
  });
});

const startReleasing = async (): Promise<void> => {
  await startLeader();
  goLock(OTHERS);
};

describe('releasing', () => {
  it('tries again after a failure, at once when Consul is back', async () => {
    await startReleasing();
    await fail('release');
    expect(state()).toEqual({ releasing: 'backingOff' });
    await settle('renew', 5_000);
    await clock.advance(250);
    expect(ports.release.calls).toHaveLength(2);
    await fail('release');
    const renewals = ports.renew.calls.length;
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.release.calls).toHaveLength(3);
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('asks again when Consul is back, for the request of before may hang', async () => {
    await startReleasing();
    const renewals = ports.renew.calls.length;
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    expect(ports.release.calls[0]?.signal.aborted).toBe(true);
    expect(ports.release.calls).toHaveLength(2);
    expect(ports.locks.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('asks again when the watch still shows its session', async () => {
    await startReleasing();
    await settle('release');
    await clock.advance(2_000);
    expect(ports.release.calls).toHaveLength(2);
  });
});

const startResigning = async (): Promise<void> => {
  await startLeader();
  chart.actor.send({ type: 'leadership.resign' });
};

describe('a request that fails', () => {
  it.each<[port: 'acquire' | 'release' | 'withdraw', output: boolean | undefined, reach: () => Promise<void>]>([
    ['acquire', true, startCandidate],
    ['acquire', false, startCandidate],
    ['release', undefined, startReleasing],
    ['withdraw', undefined, startResigning],
  ])('is told and tried again, later each time, until it is answered: %s, with %s', async (port, output, reach) => {
    await reach();
    let told = chart.told.length;
    for (const [tries, waitMs] of [250, 500].entries()) {
      const renewals = ports.renew.calls.length;
      await fail(port);
      expect(chart.told.slice(told)).toEqual([{ type: 'consul.failed', code: DOWN.code, message: DOWN.message }]);
      if (port !== 'withdraw') {
        expect(ports.renew.calls).toHaveLength(renewals + 1);
        await settle('renew', 5_000);
      }
      told = chart.told.length;
      await clock.advance(waitMs - 1);
      expect(ports[port].calls).toHaveLength(tries + 1);
      await clock.advance(1);
      expect(ports[port].calls).toHaveLength(tries + 2);
    }
    await settle(port, output);
    expect(chart.told.slice(told).map(({ type }) => type)).not.toContain('consul.failed');
    if (port !== 'withdraw') expect(chart.actor.getSnapshot().context.failures).toBe(0);
  });
});

describe('resigning', () => {
  it('gives back lock and session, and ends', async () => {
    await startLeader();
    chart.actor.send({ type: 'leadership.resign' });
    expect(ports.fleet.last().isStopped()).toBe(true);
    expect(ports.withdraw.last().input).toEqual({ session: 's1' });
    await settle('withdraw');
    expect(chart.state()).toBe('resigned');
    expect(chart.told.at(-1)?.type).toBe('xstate.done.actor.child');
  });

  it('tries again until its parent stops it', async () => {
    await startLeader();
    chart.actor.send({ type: 'leadership.resign' });
    await fail('withdraw');
    expect(chart.state()).toEqual({ resigning: 'backingOff' });
    await clock.advance(250);
    expect(ports.withdraw.calls).toHaveLength(2);
    await fail('withdraw');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.withdraw.calls).toHaveLength(3);
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.withdraw.calls[2]?.signal.aborted).toBe(true);
    expect(ports.withdraw.calls).toHaveLength(4);
  });

  it('has nothing to give back without a session', () => {
    chart.actor.send({ type: 'registration.registered' });
    chart.actor.send({ type: 'leadership.resign' });
    expect(chart.state()).toBe('resigned');
  });
});

describe('faulty', () => {
  it.each(['locks', 'session', 'assignment'])(
    'lets go of the lock when %s breaks, and starts anew after 10 s',
    async (id) => {
      await startLeader();
      breakActor(id);
      expect(chart.told.at(-1)).toEqual({ type: 'actor.failed', actor: id, code: 'ESM_UNEXPECTED', message: 'bug' });
      expect(chart.state()).toEqual({ faulty: 'withdrawing' });
      expect(ports.withdraw.last().input).toEqual({ session: 's1' });
      await settle('withdraw');
      expect(chart.state()).toEqual({ faulty: 'resting' });
      expect(chart.actor.getSnapshot().context.session).toBeUndefined();
      await clock.advance(9_999);
      expect(chart.state()).toEqual({ faulty: 'resting' });
      await clock.advance(1);
      expect(state()).toBe('follower');
      expect(emitted()).toEqual(['waiting', 'obtained', 'lost', 'waiting']);
    },
  );

  it('waits too when Consul did not take lock and session back', async () => {
    await startLeader();
    breakActor('locks');
    await fail('withdraw');
    expect(chart.state()).toEqual({ faulty: 'resting' });
    expect(chart.told.at(-1)).toEqual({ type: 'consul.failed', code: DOWN.code, message: DOWN.message });
    chart.actor.send({ type: 'leadership.resign' });
    expect(chart.state()).toBe('resigned');
  });

  it('believes nothing that it saw before: the locks may be in other hands by now', async () => {
    await startCandidate();
    breakActor('locks');
    await settle('withdraw');
    await clock.advance(10_000);
    expect(state()).toBe('follower');
    goLock(FREE);
    expect(state()).toBe('follower');
    lock(FREE);
    await settle('create', 's2');
    expect(ports.acquire.last().input).toEqual({ session: 's2' });
  });

  it('warns of no Go instance that led before', async () => {
    await startCompeting();
    goLock(OTHERS);
    expect(state()).toBe('blocked');
    breakActor('locks');
    await settle('withdraw');
    await clock.advance(10_000);
    expect(state()).toBe('follower');
    expect(emitted()).toEqual(['waiting', 'blocked', 'waiting']);
  });

  it('asks again when Consul is back, for the request of before may hang', async () => {
    await startLeader();
    breakActor('locks');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.withdraw.calls[0]?.signal.aborted).toBe(true);
    expect(ports.withdraw.calls).toHaveLength(2);
  });

  it('has nothing to give back without a session, and resigns at once', () => {
    chart.actor.send({ type: 'registration.registered' });
    breakActor('locks');
    expect(chart.state()).toEqual({ faulty: 'resting' });
    chart.actor.send({ type: 'leadership.resign' });
    expect(chart.state()).toBe('resigned');
  });

  it('resigns in order with one', async () => {
    await startLeader();
    breakActor('locks');
    chart.actor.send({ type: 'leadership.resign' });
    expect(chart.state()).toEqual({ resigning: 'asking' });
  });
});

describe('the wired chart', () => {
  const watched = () => {
    const seen: { observer?: WatchObserver<LockHolder>; readonly calls: string[] } = { calls: [] };
    const watch = (observer: WatchObserver<LockHolder>) => {
      seen.observer = observer;
      return { stop: () => seen.calls.push('stop'), wake: () => seen.calls.push('wake') };
    };
    return { seen, watch };
  };

  const wire = (watch: Lock['watch'], watchGoLock: Lock['watchGoLock'], calls: string[]) => {
    const said = (what: string) => {
      calls.push(what);
      return Promise.resolve();
    };
    const fake: Lock = {
      key: 'lock',
      goKey: 'go',
      createSession: () => Promise.resolve('s1'),
      renewSession: () => Promise.resolve(5_000),
      destroySession: (session) => said(`destroy ${session}`),
      acquire: (session) => said(`acquire ${session}`).then(() => true),
      release: (session) => said(`release ${session}`),
      watch,
      watchGoLock,
    };
    const deps = { fleet: {} as Fleet, catalog: { watchNodes: () => ({ stop: () => 0, wake: () => 0 }) } }; // safe: never leads
    return leadershipLogic({ ...deps, lock: fake, clock, random: () => 0 });
  };

  it('follows both keys, and releases before it destroys', async () => {
    const [own, go, calls] = [watched(), watched(), [] as string[]];
    chart = startChildChart(wire(own.watch, go.watch, calls), { serviceId: 'x' }, { clock });
    chart.actor.send({ type: 'registration.registered' });
    await flush();
    own.seen.observer?.onAnswer({ type: 'free' }, 1);
    expect(state()).toBe('follower');
    go.seen.observer?.onAnswer({ type: 'free' }, 1);
    await flush();
    chart.actor.send({ type: 'consul.reachable' });
    chart.actor.send({ type: 'leadership.resign' });
    await flush();
    expect(calls).toEqual(['acquire s1', 'release s1', 'destroy s1']);
    expect([own.seen.calls, go.seen.calls]).toEqual([
      ['wake', 'stop'],
      ['wake', 'stop'],
    ]);
  });

  it('has no Go key to fear where it is the lock itself, and gives its session back when another holds it', async () => {
    const [own, calls] = [watched(), [] as string[]];
    chart = startChildChart(wire(own.watch, undefined, calls), { serviceId: 'x' }, { clock });
    chart.actor.send({ type: 'registration.registered' });
    own.seen.observer?.onAnswer({ type: 'free' }, 1);
    await flush();
    expect(calls).toEqual(['acquire s1']);
    own.seen.observer?.onAnswer({ type: 'held', session: 'another', lockIndex: 2, flags: '0' }, 2);
    await flush();
    expect(calls).toEqual(['acquire s1', 'destroy s1']);
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
