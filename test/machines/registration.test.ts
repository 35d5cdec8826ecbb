import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registrationMachine, type RegistrationActors } from '../../machines/registration.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import { createPromisePort, flush } from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const BEAT_MS = 2_000;
const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'connection refused');
const FORBIDDEN = new EsmError('ESM_CONSUL_FORBIDDEN', '403 ACL not found');
const coverage = createCoverage(registrationMachine);

const openPorts = () => ({
  lookUp: createPromisePort<'absent' | 'passing' | 'critical'>(),
  register: createPromisePort(),
  beat: createPromisePort<boolean>(),
  deregister: createPromisePort(),
});

let clock = createVirtualClock();
let ports = openPorts();
let chart: ChildChart<typeof registrationMachine>;

beforeEach(() => {
  clock = createVirtualClock();
  ports = openPorts();
  const wired = registrationMachine.provide({
    actors: {
      lookUp: ports.lookUp.logic,
      register: ports.register.logic,
      beat: ports.beat.logic,
      deregister: ports.deregister.logic,
    } satisfies RegistrationActors,
  });
  chart = startChildChart(wired, { serviceId: 'esm:a', beatMs: BEAT_MS }, { clock, inspect: coverage.inspect });
});

afterEach(() => {
  chart.stop();
  expect(clock.pending).toBe(0);
});

type PortName = keyof ReturnType<typeof openPorts>;

const answer = async (port: PortName, output?: unknown): Promise<void> => {
  ports[port].last().resolve(output as never); // safe: each test answers in the port's own words
  await flush();
};

const fail = async (port: PortName, error = DOWN): Promise<void> => {
  ports[port].last().reject(error);
  await flush();
};

const toldTypes = (): string[] => chart.told.map(({ type }) => type);

const becomeRegistered = async (): Promise<void> => {
  await answer('lookUp', 'absent');
  await answer('register');
};

const startBeating = async (): Promise<void> => {
  await becomeRegistered();
  await clock.advance(BEAT_MS);
};

describe('looking', () => {
  it.each(['absent', 'critical'])('registers when the id is %s', async (status) => {
    await answer('lookUp', status);
    expect(chart.state()).toEqual({ registering: 'asking' });
    expect(toldTypes()).toEqual([]);
  });

  it('looks once a second while somebody passes, and registers when that one turns critical', async () => {
    await answer('lookUp', 'passing');
    expect(chart.state()).toEqual({ looking: 'occupied' });
    await clock.advance(999);
    expect(ports.lookUp.calls).toHaveLength(1);
    await clock.advance(1);
    expect(chart.state()).toEqual({ looking: 'asking' });
    await answer('lookUp', 'critical');
    expect(chart.state()).toEqual({ registering: 'asking' });
  });

  it('is refused when somebody still passes after 31 s, and says who', async () => {
    for (let second = 0; second < 31; second += 1) {
      await answer('lookUp', 'passing');
      expect(chart.state()).toEqual({ looking: 'occupied' });
      await clock.advance(1_000);
    }
    const told = chart.told.length;
    await answer('lookUp', 'passing');
    expect(chart.state()).toBe('refused');
    expect(clock.now()).toBe(31_000);
    expect(chart.told.slice(told)).toMatchObject([
      {
        type: 'registration.refused',
        message: "ESM instance with service id 'esm:a' is already registered with Consul",
      },
      { type: 'xstate.done.actor.child' },
    ]);
  });

  it.each(['absent', 'critical'])('registers when the id is %s at the very last', async (status) => {
    for (let second = 0; second < 31; second += 1) {
      await answer('lookUp', 'passing');
      await clock.advance(1_000);
    }
    await answer('lookUp', status);
    expect(chart.state()).toEqual({ registering: 'asking' });
  });

  it('takes no silence of Consul for a sign of life', async () => {
    for (let second = 0; second < 31; second += 1) {
      await answer('lookUp', 'passing');
      await clock.advance(1_000);
    }
    await fail('lookUp');
    await clock.advance(250);
    await answer('lookUp', 'passing');
    expect(chart.state()).toEqual({ looking: 'occupied' });
  });

  it('backs off from 250 ms, doubling to 10 s, and for ever', async () => {
    for (const waitMs of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      await fail('lookUp');
      expect(chart.state()).toEqual({ looking: 'backingOff' });
      await clock.advance(waitMs - 1);
      expect(chart.state()).toEqual({ looking: 'backingOff' });
      await clock.advance(1);
      expect(chart.state()).toEqual({ looking: 'asking' });
    }
    expect(chart.told).toContainEqual({
      type: 'consul.failed',
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: 'connection refused',
    });
  });

  it('asks at once when Consul is known to be back', async () => {
    await fail('lookUp');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.lookUp.calls).toHaveLength(2);
  });

  it('ends at once when told to resign, leaving the entry of whoever holds it alone', async () => {
    chart.actor.send({ type: 'registration.resign' });
    expect(chart.state()).toBe('deregistered');
    expect(ports.lookUp.last().signal.aborted).toBe(true);
    expect(ports.deregister.calls).toHaveLength(0);
    await flush();
  });
});

describe('registering', () => {
  it('tells its parent when the entry stands', async () => {
    await becomeRegistered();
    expect(chart.state()).toEqual({ registered: 'resting' });
    expect(toldTypes()).toEqual(['registration.registered']);
  });

  it('backs off and tries again', async () => {
    await answer('lookUp', 'absent');
    await fail('register');
    expect(chart.state()).toEqual({ registering: 'backingOff' });
    await clock.advance(250);
    expect(ports.register.calls).toHaveLength(2);
    await fail('register');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.register.calls).toHaveLength(3);
  });

  it('deregisters when told to resign: the request may have arrived', async () => {
    await answer('lookUp', 'absent');
    chart.actor.send({ type: 'registration.resign' });
    expect(chart.state()).toEqual({ deregistering: 'asking' });
    expect(ports.register.last().signal.aborted).toBe(true);
  });
});

describe('registered', () => {
  it('beats every beat interval', async () => {
    await becomeRegistered();
    for (let beats = 1; beats <= 3; beats += 1) {
      await clock.advance(BEAT_MS - 1);
      expect(ports.beat.calls).toHaveLength(beats - 1);
      await clock.advance(1);
      expect(ports.beat.calls).toHaveLength(beats);
      await answer('beat', true);
    }
    expect(chart.state()).toEqual({ registered: 'resting' });
  });

  it('registers anew when Consul does not know it any more', async () => {
    await startBeating();
    await answer('beat', false);
    expect(toldTypes().at(-1)).toBe('registration.lost');
    expect(chart.state()).toEqual({ registering: 'asking' });
    await answer('register');
    expect(toldTypes().at(-1)).toBe('registration.registered');
  });

  it('beats at once when Consul is back: it may have forgotten the entry', async () => {
    await becomeRegistered();
    chart.actor.send({ type: 'consul.reachable' });
    expect(chart.state()).toEqual({ registered: 'beating' });
  });

  it('repeats a failed beat after a back-off, or as soon as Consul is back', async () => {
    await startBeating();
    await fail('beat');
    expect(chart.state()).toEqual({ registered: 'backingOff' });
    await clock.advance(250);
    expect(ports.beat.calls).toHaveLength(2);
    await fail('beat');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.beat.calls).toHaveLength(3);
    expect(toldTypes()).not.toContain('registration.lost');
  });

  it('is not lost for a beat that is refused, which is tried again once a second for as long as it takes', async () => {
    await startBeating();
    for (let beats = 1; beats <= 40; beats += 1) {
      await fail('beat', FORBIDDEN);
      expect(chart.state()).toEqual({ registered: 'backingOff' });
      await clock.advance(1_000);
      expect(ports.beat.calls).toHaveLength(beats + 1);
    }
    await answer('beat', true);
    expect(chart.state()).toEqual({ registered: 'resting' });
    expect(toldTypes()).not.toContain('registration.lost');
    await clock.advance(BEAT_MS);
    await fail('beat');
    await clock.advance(250);
    expect(chart.state()).toEqual({ registered: 'beating' });
  });
});

describe('deregistering', () => {
  it('takes the entry out and ends', async () => {
    await becomeRegistered();
    chart.actor.send({ type: 'registration.resign' });
    expect(ports.deregister.calls).toHaveLength(1);
    await answer('deregister');
    expect(chart.state()).toBe('deregistered');
    expect(toldTypes().at(-1)).toBe('xstate.done.actor.child');
  });

  it('tries again until its parent stops it', async () => {
    await becomeRegistered();
    chart.actor.send({ type: 'registration.resign' });
    await fail('deregister');
    expect(chart.state()).toEqual({ deregistering: 'backingOff' });
    await clock.advance(250);
    expect(ports.deregister.calls).toHaveLength(2);
    await fail('deregister');
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.deregister.calls).toHaveLength(3);
  });
});

const startRegistering = (): Promise<void> => answer('lookUp', 'absent');

const startDeregistering = async (): Promise<void> => {
  await becomeRegistered();
  chart.actor.send({ type: 'registration.resign' });
};

describe('a request that fails', () => {
  it.each<[port: PortName, output: unknown, reach: () => Promise<void>]>([
    ['lookUp', 'passing', () => Promise.resolve()],
    ['lookUp', 'absent', () => Promise.resolve()],
    ['register', undefined, startRegistering],
    ['beat', true, startBeating],
    ['beat', false, startBeating],
    ['deregister', undefined, startDeregistering],
  ])('is told and tried again, later each time, until it is answered: %s, with %s', async (port, output, reach) => {
    await reach();
    for (const [tries, waitMs] of [250, 500].entries()) {
      await fail(port);
      expect(chart.told.at(-1)).toEqual({ type: 'consul.failed', code: DOWN.code, message: DOWN.message });
      await clock.advance(waitMs - 1);
      expect(ports[port].calls).toHaveLength(tries + 1);
      await clock.advance(1);
      expect(ports[port].calls).toHaveLength(tries + 2);
    }
    const told = chart.told.length;
    await answer(port, output);
    expect(chart.told.slice(told).map(({ type }) => type)).not.toContain('consul.failed');
    if (port !== 'deregister') expect(chart.actor.getSnapshot().context.failures).toBe(0);
  });
});

describe('a request that hangs when Consul is back', () => {
  it.each([
    ['lookUp', { looking: 'asking' }, () => Promise.resolve()],
    ['register', { registering: 'asking' }, startRegistering],
    ['beat', { registered: 'beating' }, startBeating],
    ['deregister', { deregistering: 'asking' }, startDeregistering],
  ] as const)('is sent anew: %s', async (port, state, reach) => {
    await reach();
    chart.actor.send({ type: 'consul.reachable' });
    expect(chart.state()).toEqual(state);
    expect(ports[port].calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
