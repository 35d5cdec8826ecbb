/** A transition in a reader's words. */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { edgeName, eventName, nameOf, transitionsOf } from '../../src/chart.ts';
import { durationText } from './duration.ts';

export interface TransitionInWords {
  /** As the tests' coverage names it. */
  readonly edge: string;
  /** What sets it off: an event, a delay, the end of an actor or of the states within, or nothing at all. */
  readonly trigger: 'event' | 'after' | 'done' | 'error' | 'snapshot' | 'always';
  /** The event, the delay, or the actor; empty for `always`. */
  readonly name: string;
  /** How long the delay is, where that is known beforehand: `2 s`. */
  readonly duration: string | undefined;
  readonly guard: string | undefined;
  /** The place among those that the same thing may set off: the first whose guard holds is taken. Undefined: the only one. */
  readonly order: number | undefined;
  readonly actions: readonly string[];
  /** Leaves its state and enters it again. */
  readonly isReentering: boolean;
  readonly description: string | undefined;
  /** How often the tests have taken it; undefined: nobody counted. */
  readonly taken: number | undefined;
}

const TRIGGER = /^(after|done|error|snapshot) (.+)$/;

/** How long a delay is by the chart itself; undefined where that depends on the moment. */
function durationOf(node: AnyStateNode, delay: string): string | undefined {
  const value: unknown = node.machine.implementations.delays[delay] ?? Number(delay);
  return typeof value === 'number' && !Number.isNaN(value) ? durationText(value) : undefined;
}

function triggerOf(edge: AnyTransitionDefinition): Pick<TransitionInWords, 'trigger' | 'name'> {
  const event = eventName(edge);
  if (event === 'always') return { trigger: 'always', name: '' };
  const [, trigger, name = ''] = TRIGGER.exec(event) ?? [];
  if (trigger === undefined) return { trigger: 'event', name: event };
  return { trigger: trigger as TransitionInWords['trigger'], name }; // safe: the pattern has no other words
}

/** Tells of `edge` of `node`. */
export function transitionInWords(node: AnyStateNode, edge: AnyTransitionDefinition): TransitionInWords {
  const rivals = transitionsOf(node).filter(({ eventType }) => eventType === edge.eventType);
  const { trigger, name } = triggerOf(edge);
  return {
    edge: edgeName(edge),
    trigger,
    name,
    duration: trigger === 'after' ? durationOf(node, name) : undefined,
    guard: edge.guard === undefined ? undefined : nameOf(edge.guard),
    order: rivals.length > 1 ? rivals.indexOf(edge) + 1 : undefined,
    actions: edge.actions.map(nameOf),
    isReentering: edge.reenter && (edge.target ?? []).includes(node),
    description: edge.description,
    taken: undefined,
  };
}
