import {
  createActor,
  createMachine,
  emit,
  type Actor,
  type ActorRefFrom,
  type AnyEventObject,
  type Snapshot,
} from 'xstate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { daemonMachine, type DaemonActors } from '../../machines/daemon.ts';
import { narrate } from '../../src/narration.ts';
import { EsmError } from '../../src/errors.ts';
import { followActors } from '../../src/post-mortem.ts';
import { createPromisePort, flush } from '../support/fake-ports.ts';
import { createPart } from '../support/part.ts';
import { createRecordedLog } from '../support/recorded-log.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

/** Emits whatever it is told, and has a child with a timer. */
const leadership = createMachine({
  invoke: { id: 'watch', src: createMachine({ after: { 60_000: {} } }) },
  initial: 'follower',
  states: { follower: {} },
  on: {
    'test.die': {
      actions: () => {
        throw new Error('oops');
      },
    },
    '*': { actions: emit(({ event }) => event as AnyEventObject) },
  },
});

let clock = createVirtualClock();
let log = createRecordedLog();
let contact = createPromisePort();
let daemon: Actor<typeof daemonMachine>;

beforeEach(() => {
  clock = createVirtualClock();
  log = createRecordedLog();
  contact = createPromisePort();
  const part = createPart().logic;
  const actors = {
    contact: contact.logic,
    awaitConsul: createPromisePort().logic,
    ...{ writer: part, registration: part, leadership, watchlist: part, roster: part },
  } as unknown as DaemonActors; // safe: the daemon chart reads nothing of its parts but their end
  const { machine, examine } = followActors(daemonMachine.provide({ actors }));
  daemon = createActor(machine, {
    clock,
    input: { serviceId: 'esm:a', beatMs: 2_000, batchFlushIntervalMs: 0 },
  });
  narrate(daemon, { log, clock, lockKey: 'consul-esm/lock', goKey: 'consul-esm/leader', examine });
  daemon.start();
});

afterEach(() => {
  daemon.stop();
  expect(clock.pending).toBe(0);
});

const serve = async (): Promise<void> => {
  contact.last().resolve();
  await flush();
};

const lines = (): string[] => log.lines.map(({ level, message }) => `${level} ${message}`);

it('tells every 10 s, not every try, that it waits for Consul', async () => {
  for (let second = 0; second < 21; second += 1) {
    contact.last().reject(new EsmError('ESM_CONSUL_UNAVAILABLE', `refused at ${second} s`));
    await clock.advance(1_000);
  }
  expect(lines()).toEqual([0, 10, 20].map((second) => `WARN Waiting for Consul: refused at ${second} s`));
});

it.each([
  [
    { type: 'consul.failed', code: 'ESM_CONSUL_UNAVAILABLE', message: 'refused' },
    'WARN Lost Consul, probing goes on: refused',
  ],
  [
    { type: 'consul.failed', code: 'ESM_CONSUL_FORBIDDEN', message: 'node read' },
    'ERROR Consul refuses a request: node read',
  ],
  [
    { type: 'watchlist.unreadable', key: 'k', reason: 'not JSON' },
    'ERROR Cannot read the list of this instance, keeping the last good one: not JSON',
  ],
] as const)('tells of %j', async (event, line) => {
  await serve();
  daemon.send(event);
  daemon.send(event);
  expect(lines()[0]).toBe(line);
});

it('keeps the known sentences of leadership, of every leadership that is started', async () => {
  await serve();
  for (let life = 0; life < 2; life += 1) {
    const leader = daemon.system.get('leadership') as ActorRefFrom<typeof leadership>; // safe: started above
    for (const news of ['waiting', 'obtained', 'lost', 'blocked']) leader.send({ type: `leadership.${news}` });
    expect(lines().splice(life * 5, 4)).toEqual([
      'INFO Waiting to obtain leadership...',
      'INFO Obtained leadership',
      'INFO Lost leadership',
      "WARN Instances of the Go ESM lead under 'consul-esm/leader', this one would under 'consul-esm/lock': nobody leads " +
        'here. To let both compete, set consul_leader_key = "consul-esm/leader"',
    ]);
    leader.send({ type: 'test.die' });
    await clock.advance(1_000);
  }
});

it('tells which actor died in which state at which event, and stops what it left running', async () => {
  await serve();
  const leader = daemon.system.get('leadership') as ActorRefFrom<typeof leadership>; // safe: started above
  const watch = leader.getSnapshot().children['watch']!;
  leader.send({ type: 'test.die' });
  expect(log.lines).toEqual([
    {
      level: 'ERROR',
      message: 'An actor failed and is started anew: oops',
      fields: { machine: 'leadership', state: 'follower', event: 'test.die' },
    },
  ]);
  expect((watch.getSnapshot() as Snapshot<unknown>).status).toBe('stopped'); // safe: every actor's snapshot has a status
  await flush();
});
