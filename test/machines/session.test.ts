import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NonReducibleUnknown } from 'xstate';
import { sessionMachine, type Holder, type Renewal, type SessionActors } from '../../machines/session.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import { createPromisePort, flush, type PromisePort } from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'no cluster leader');
const FORBIDDEN = new EsmError('ESM_CONSUL_FORBIDDEN', '403 ACL not found');
const coverage = createCoverage(sessionMachine);

const openPorts = (): {
  readonly create: PromisePort<string | undefined, NonReducibleUnknown>;
  readonly renew: PromisePort<number | undefined, Renewal>;
  readonly destroy: PromisePort<void, { readonly session: string }>;
} => ({ create: createPromisePort(), renew: createPromisePort(), destroy: createPromisePort() });

let clock = createVirtualClock();
let ports = openPorts();
let chart: ChildChart<typeof sessionMachine>;

beforeEach(() => {
  clock = createVirtualClock();
  ports = openPorts();
  const wired = sessionMachine.provide({
    actors: {
      create: ports.create.logic,
      renew: ports.renew.logic,
      destroy: ports.destroy.logic,
    } satisfies SessionActors,
  });
  chart = startChildChart(wired, {}, { clock, inspect: coverage.inspect });
});

afterEach(() => {
  chart.stop();
  expect(clock.pending).toBe(0);
});

const verify = (): void => {
  chart.actor.send({ type: 'session.verify' });
};

const FREE: Holder = { type: 'free' };
const OTHERS: Holder = { type: 'held', session: 'another' };
const OURS: Holder = { type: 'held', session: 's1' };

const lock = (holder: Holder): void => {
  chart.actor.send({ type: 'lock.changed', holder });
};

/** Opens session `s1`, the lock being free; its first renewal is under way at once. */
const open = async (): Promise<void> => {
  if (chart.state() === 'idle') lock(FREE);
  ports.create.last().resolve('s1');
  await flush();
  await clock.advance(0);
};

const renewed = async (nextMs: number | undefined): Promise<void> => {
  ports.renew.last().resolve(nextMs);
  await flush();
};

const fail = async (port: keyof typeof ports, error = DOWN): Promise<void> => {
  ports[port].last().reject(error);
  await flush();
};

/** What the leadership chart hears. */
const reports = (): unknown[] => chart.told.filter(({ type }) => type.startsWith('session.'));

const OPENED = { type: 'session.opened', session: 's1' };
const LOST = { type: 'session.lost' };

/** Open, and trusted no more; a renewal is under way. */
const distrust = async (): Promise<void> => {
  await open();
  await renewed(4_000);
  await clock.advance(5_500);
};

const failures = (): number => chart.actor.getSnapshot().context.failures;

describe('idle', () => {
  it('makes no session before it knows that the lock is free', () => {
    expect(chart.state()).toBe('idle');
    verify();
    lock(OTHERS);
    expect(chart.state()).toBe('idle');
    expect(ports.create.calls).toEqual([]);
    lock(FREE);
    expect(ports.create.calls).toHaveLength(1);
  });
});

describe('a lock that another has', () => {
  it('leaves nothing to open a session for', async () => {
    lock(FREE);
    await fail('create');
    lock(OTHERS);
    expect(chart.state()).toBe('idle');
    expect(failures()).toBe(0);
    lock(FREE);
    lock(FREE);
    expect(chart.state()).toEqual({ opening: 'asking' });
    lock(OTHERS);
    expect(chart.state()).toBe('idle');
    expect(ports.create.last().signal.aborted).toBe(true);
    expect(reports()).toEqual([]);
  });

  it('has the session given back, told as lost', async () => {
    await open();
    await fail('renew');
    lock(OTHERS);
    expect(reports()).toEqual([OPENED, LOST]);
    expect(chart.state()).toBe('closing');
    expect(failures()).toBe(0);
    expect(ports.destroy.last().input).toEqual({ session: 's1' });
    verify();
    lock({ type: 'held', session: 'a third' });
    expect(chart.state()).toBe('closing');
    ports.destroy.last().resolve();
    await flush();
    expect(chart.state()).toBe('idle');
    expect(ports.destroy.calls).toHaveLength(1);
  });

  it('has a doubted one given back too, which was told as lost before', async () => {
    await distrust();
    lock(OTHERS);
    expect(chart.state()).toBe('closing');
    expect(reports()).toEqual([OPENED, LOST]);
  });

  it('is told of when the session cannot be given back, which runs out by itself', async () => {
    await open();
    lock(OTHERS);
    await fail('destroy');
    expect(chart.state()).toBe('idle');
    expect(chart.told.at(-1)).toEqual({ type: 'consul.failed', code: DOWN.code, message: DOWN.message });
  });

  it('may be free again before the session is given back: makes another', async () => {
    await open();
    lock(OTHERS);
    lock(FREE);
    expect(ports.destroy.last().signal.aborted).toBe(true);
    ports.create.last().resolve('s2');
    await flush();
    expect(reports()).toEqual([OPENED, LOST, { type: 'session.opened', session: 's2' }]);
  });

  it('is not meant by the session itself, trusted or not, nor by a free lock', async () => {
    await open();
    await renewed(4_000);
    lock(OURS);
    lock(FREE);
    expect(chart.state()).toEqual({ open: 'resting' });
    await clock.advance(5_500);
    lock(OURS);
    lock(FREE);
    expect(chart.state()).toEqual({ doubted: 'asking' });
    expect(ports.destroy.calls).toEqual([]);
  });
});

describe('opening', () => {
  beforeEach(() => {
    lock(FREE);
  });

  it('tells the session it got, and asks when to renew it', async () => {
    await open();
    expect(reports()).toEqual([OPENED]);
    expect(chart.state()).toEqual({ open: 'renewing' });
    expect(ports.renew.last().input).toEqual({ session: 's1', limitMs: 2_000 });
  });

  it('backs off, and asks at once when told to', async () => {
    await fail('create');
    expect(chart.state()).toEqual({ opening: 'backingOff' });
    expect(chart.told.at(-1)).toEqual({
      type: 'consul.failed',
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: 'no cluster leader',
    });
    await clock.advance(250);
    expect(ports.create.calls).toHaveLength(2);
    await fail('create');
    verify();
    expect(ports.create.calls).toHaveLength(3);
  });

  it('backs off without a word of trouble when the TTL check bears no session', async () => {
    ports.create.last().resolve(undefined);
    await flush();
    expect(chart.state()).toEqual({ opening: 'backingOff' });
    expect(chart.told).toEqual([]);
    await clock.advance(250);
    await open();
    expect(reports()).toEqual([OPENED]);
  });

  it('asks again when told to, for the request of before may hang', async () => {
    verify();
    expect(ports.create.calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await open();
    expect(reports()).toEqual([OPENED]);
  });
});

describe('open', () => {
  it('renews when Consul told it to', async () => {
    await open();
    await renewed(2_000);
    expect(chart.state()).toEqual({ open: 'resting' });
    await clock.advance(1_999);
    expect(ports.renew.calls).toHaveLength(1);
    await clock.advance(1);
    expect(ports.renew.calls).toHaveLength(2);
  });

  it('renews twice within the trust, however long Consul would wait', async () => {
    await open();
    await renewed(3_600_000);
    await clock.advance(2_749);
    expect(ports.renew.calls).toHaveLength(1);
    await clock.advance(1);
    expect(ports.renew.calls).toHaveLength(2);
  });

  it('is trusted for 5.5 s after each renewal, and never while one renews in time', async () => {
    await open();
    for (let renewals = 0; renewals < 5; renewals += 1) {
      await renewed(4_000);
      await clock.advance(4_000);
    }
    expect(reports()).toEqual([OPENED]);
  });

  it('is lost 5.5 s after the last renewal when none is answered, and asked about before another is made', async () => {
    await open();
    await renewed(4_000);
    await clock.advance(5_499);
    expect(reports()).toEqual([OPENED]);
    await clock.advance(1);
    expect(reports()).toEqual([OPENED, LOST]);
    expect(chart.state()).toEqual({ doubted: 'asking' });
    expect(ports.renew.last().input).toEqual({ session: 's1', limitMs: 2_000 });
    expect(ports.create.calls).toHaveLength(1);
  });

  it('is lost at once when Consul does not know it any more', async () => {
    await open();
    await renewed(undefined);
    expect(reports()).toEqual([OPENED, LOST]);
    expect(chart.state()).toEqual({ opening: 'asking' });
  });

  it('renews anew when told to, for the renewal of before may hang', async () => {
    await open();
    verify();
    expect(ports.renew.calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(chart.state()).toEqual({ open: 'renewing' });
  });

  it('tries a failed renewal again, at once when told to', async () => {
    await open();
    await fail('renew');
    verify();
    expect(chart.state()).toEqual({ open: 'renewing' });
    await renewed(4_000);
    verify();
    expect(chart.state()).toEqual({ open: 'renewing' });
    expect(reports()).toEqual([OPENED]);
  });
});

describe('doubted', () => {
  it('is open again when Consul says that it lives, and trusted for 5.5 s from then', async () => {
    await distrust();
    await renewed(4_000);
    expect(chart.state()).toEqual({ open: 'resting' });
    expect(reports()).toEqual([OPENED, LOST, OPENED]);
    await clock.advance(5_499);
    expect(reports()).toHaveLength(3);
    await clock.advance(1);
    expect(reports()).toEqual([OPENED, LOST, OPENED, LOST]);
  });

  it('makes place for a new one when it is dead, told once', async () => {
    await distrust();
    await renewed(undefined);
    expect(chart.state()).toEqual({ opening: 'asking' });
    ports.create.last().resolve('s2');
    await flush();
    expect(reports()).toEqual([OPENED, LOST, { type: 'session.opened', session: 's2' }]);
  });

  it('asks until Consul says, at once when told to', async () => {
    await distrust();
    const before = ports.renew.calls.length;
    await fail('renew');
    expect(chart.state()).toEqual({ doubted: 'backingOff' });
    verify();
    expect(ports.renew.calls).toHaveLength(before + 1);
    verify();
    expect(ports.renew.calls[before]?.signal.aborted).toBe(true);
    expect(ports.renew.calls).toHaveLength(before + 2);
    await fail('renew');
    await clock.advance(10_000);
    expect(ports.renew.calls).toHaveLength(before + 3);
    expect(reports()).toEqual([OPENED, LOST]);
  });

  it('asks once a second while the token is refused for longer than the trust, and has a session with it again', async () => {
    await distrust();
    const before = ports.renew.calls.length;
    for (let tries = 1; tries <= 20; tries += 1) {
      await fail('renew', FORBIDDEN);
      expect(chart.state()).toEqual({ doubted: 'backingOff' });
      await clock.advance(1_000);
      expect(ports.renew.calls).toHaveLength(before + tries);
    }
    expect(reports()).toEqual([OPENED, LOST]);
    await renewed(undefined);
    ports.create.last().resolve('s2');
    await flush();
    expect(reports()).toEqual([OPENED, LOST, { type: 'session.opened', session: 's2' }]);
  });
});

describe('a request that fails', () => {
  const told = (): unknown => chart.told.findLast(({ type }) => type.startsWith('consul.'));

  it.each<[port: keyof typeof ports, output: string | number | undefined, what: string, reach: () => Promise<void>]>([
    [
      'create',
      's1',
      'none yet',
      () => {
        lock(FREE);
        return Promise.resolve();
      },
    ],
    ['renew', 4_000, 'an open one', open],
    ['renew', undefined, 'an open one', open],
    ['renew', 4_000, 'a doubted one', distrust],
    ['renew', undefined, 'a doubted one', distrust],
  ])(
    'is told and tried again, later each time, until it is answered: %s, with %s, %s',
    async (port, output, _, reach) => {
      await reach();
      for (let tries = 0; tries < 2; tries += 1) {
        const waitMs = 250 * 2 ** failures();
        const calls = ports[port].calls.length;
        await fail(port);
        expect(told()).toEqual({ type: 'consul.failed', code: DOWN.code, message: DOWN.message });
        await clock.advance(waitMs - 1);
        expect(ports[port].calls).toHaveLength(calls);
        await clock.advance(1);
        expect(ports[port].calls).toHaveLength(calls + 1);
      }
      ports[port].last().resolve(output as never); // safe: each case answers in the port's own words
      await flush();
      expect(failures()).toBe(0);
    },
  );

  it('is no failure where the TTL check bears no session, and is tried again later each time', async () => {
    lock(FREE);
    for (const waitMs of [250, 500]) {
      const calls = ports.create.calls.length;
      ports.create.last().resolve(undefined);
      await flush();
      await clock.advance(waitMs - 1);
      expect(ports.create.calls).toHaveLength(calls);
      await clock.advance(1);
      expect(ports.create.calls).toHaveLength(calls + 1);
    }
  });
});

describe('a process that stood still', () => {
  const renewedAt = async (): Promise<number> => {
    await open();
    await renewed(4_000);
    return ports.renew.calls.length;
  };

  it('renews and goes on while the trust lasts', async () => {
    const renewals = await renewedAt();
    clock.stall(5_499);
    expect(chart.state()).toEqual({ open: 'renewing' });
    expect(ports.renew.calls).toHaveLength(renewals + 1);
    await renewed(4_000);
    expect(reports()).toEqual([OPENED]);
  });

  it('claims nothing from the first moment that the trust is over, and goes on with its session once it is known to live', async () => {
    await renewedAt();
    clock.stall(5_500);
    expect(reports()).toEqual([OPENED, LOST]);
    expect(chart.state()).toEqual({ doubted: 'asking' });
    expect(ports.renew.calls.map(({ signal }) => signal.aborted).slice(-2)).toEqual([true, false]);
    await renewed(4_000);
    expect(reports()).toEqual([OPENED, LOST, OPENED]);
  });

  it('is not fooled by an answer that came in too late', async () => {
    await renewedAt();
    await clock.advance(4_000);
    const late = ports.renew.last();
    clock.stall(5_000);
    late.resolve(4_000);
    await flush();
    expect(reports()).toEqual([OPENED, LOST]);
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
