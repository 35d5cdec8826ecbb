/** A scenario in which something is missing fails: nothing is skipped in silence. */
import { describe, expect, test } from 'vitest';
import { fromPromise, setup } from 'xstate';
import { outsideOfPromises } from '../simulation/world/drain.ts';
import type { Play, Scenario } from './drivers/scenario.ts';
import { pairsOf, pathsOf, play } from './paths.ts';

type DoorEvent = { type: 'door.opened' } | { type: 'door.closed' } | { type: 'door.knocked' };

const door = setup({ types: { events: {} as DoorEvent } }).createMachine({
  id: 'door',
  initial: 'closed',
  states: {
    closed: { on: { 'door.opened': 'open', 'door.knocked': 'closed' } },
    open: { on: { 'door.closed': 'closed' } },
  },
});

const nothing = (): void => undefined;

const scenario = (said: Partial<Play<typeof door>>): Scenario => ({
  promise: 'a door opens and closes',
  chart: door,
  setting: { instances: 1 },
  // Parts are left out on purpose: the type would not have it.
  open: () => ({ states: { closed: nothing, open: nothing }, events: {}, ...said }) as Play<typeof door>,
});

const events = { 'door.opened': nothing, 'door.closed': nothing, 'door.knocked': nothing };

/** The first line of what the run throws. */
const complaintOf = async (said: Partial<Play<typeof door>>): Promise<string> => {
  const path = pathsOf(door).find(({ title }) => title === 'door.opened, door.closed')!;
  const failure = await outsideOfPromises(() => play(scenario(said), path)).catch((error: unknown) => error);
  return failure instanceof Error ? failure.message.split('\n')[0]! : 'no complaint';
};

describe('a run', () => {
  test('fails for want of an event', async () => {
    const { 'door.opened': _, ...rest } = events;
    expect(await complaintOf({ events: rest } as Partial<Play<typeof door>>)).toBe(
      'nothing is said of the event door.opened',
    );
  });

  test('fails for want of a state', async () => {
    const states = { closed: nothing } as Play<typeof door>['states'];
    expect(await complaintOf({ states, events })).toBe('nothing is said of the state open');
  });

  test('fails for want of the state it begins in', async () => {
    const states = { open: nothing } as Play<typeof door>['states'];
    expect(await complaintOf({ states, events })).toBe('nothing is said of the state closed');
  });

  test('fails when a state does not hold', async () => {
    const states = {
      closed: nothing,
      open() {
        throw new Error('the door is stuck');
      },
    };
    expect(await complaintOf({ states, events })).toBe('the door is stuck');
  });

  test('tells the pairs it has run', async () => {
    const path = pathsOf(door).find(({ title }) => title === 'door.opened, door.closed')!;
    const run = await outsideOfPromises(() => play(scenario({ events }), path));
    expect(run).toEqual(['closed: door.opened', 'open: door.closed']);
  });
});

describe('the paths', () => {
  test('take every event in every state, also one that leads back', () => {
    const taken = pathsOf(door).flatMap(({ steps }) => steps.map(({ from, event }) => `${from}: ${event}`));
    expect(new Set(taken)).toEqual(new Set(pairsOf(door)));
    expect(pairsOf(door)).toEqual(['closed: door.knocked', 'closed: door.opened', 'open: door.closed']);
  });

  test('are not made of a chart that starts actors or waits', () => {
    const invoking = setup({ actors: { wait: fromPromise(() => Promise.resolve()) } }).createMachine({
      initial: 'a',
      states: { a: { invoke: { src: 'wait' } } },
    });
    const waiting = setup({}).createMachine({ initial: 'a', states: { a: { after: { 1: 'a' } } } });
    expect(() => pathsOf(invoking)).toThrow(/Invocations/);
    expect(() => pathsOf(waiting)).toThrow(/After events/);
  });
});
