import { describe, expect, it } from 'vitest';
import { createMachine, StateMachine, type AnyStateMachine } from 'xstate';
import * as shipped from '../../machines/index.ts';
import { breachesOf } from '../support/conventions.ts';
import { deadEnds, unreachableStates } from '../support/graph-facts.ts';

/** To import a chart is to build it: one with a target that does not exist throws. */
const exported: unknown[] = Object.values(shipped);
const machines = exported.filter((value): value is AnyStateMachine => value instanceof StateMachine);

describe.each(machines)('the chart $id', (machine) => {
  it('has no state that nothing leads to', () => {
    expect(unreachableStates(machine)).toEqual([]);
  });

  it('ends in its final states only', () => {
    expect(deadEnds(machine)).toEqual([]);
  });

  it('is named as design.md asks, and knows what to do when an actor errs', () => {
    expect(breachesOf(machine)).toEqual([]);
  });
});

describe('the facts', () => {
  const machine = createMachine({
    initial: 'one',
    states: {
      one: { on: { 'it.moved': 'two' } },
      two: {
        type: 'parallel',
        states: {
          left: { initial: 'stuck', states: { stuck: {}, forgotten: { on: { 'it.moved': 'stuck' } } } },
          right: {
            initial: 'ending',
            on: { 'it.failed': '.ending' },
            states: { ending: { on: { 'it.moved': 'ended' } }, ended: { type: 'final' } },
          },
        },
      },
      lost: { on: { 'it.moved': 'one' } },
    },
  });

  it('find what nothing leads to, also in a region', () => {
    expect(unreachableStates(machine)).toEqual(['two.left.forgotten', 'lost']);
  });

  it('find where it ends unasked, though another region goes on', () => {
    expect(deadEnds(machine)).toEqual(['two.left.stuck']);
  });

  it('are asked of all charts', () => {
    expect(machines).toHaveLength(9);
  });

  it('find a name out of style, a state without description, and an actor whose error nobody awaits', () => {
    const careless = createMachine({
      description: 'A chart that breaks every rule once.',
      initial: 'Asking',
      states: {
        Asking: {
          description: 'Named like a class.',
          entry: 'tell-all',
          invoke: { id: 'ask', src: 'ask', onDone: { guard: 'sure', target: 'done' } },
          after: { 'a while': { target: 'done' } },
        },
        done: { on: { DONE: { target: 'Asking' } } },
      },
    });
    expect(breachesOf(careless)).toEqual([
      'Asking: not lowerCamel',
      'Asking: ask has no error exit',
      'Asking: action tell-all is not named as design.md says',
      'Asking: delay a while is not named as design.md says',
      'Asking --done ask [sure]--> done: guard sure is not named as design.md says',
      'done: no description',
      'done --DONE--> Asking: event DONE is not named as design.md says',
      'options.maxIterations is not set',
    ]);
  });

  it('a chart with a target that does not exist cannot be built', () => {
    expect(() => createMachine({ on: { 'it.moved': '.nowhere' } })).toThrow('nowhere');
  });
});
