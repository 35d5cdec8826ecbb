/**
 * Reports of a daemon in the words of the Stately inspector: the protocol of `@statelyai/inspect`, whose browser inspector
 * posts an event per actor, per message and per snapshot to the inspector's window. Only what is named here is passed on.
 */
import { StateMachine } from 'xstate';
import * as machines from '../../../machines/index.ts';
import type { ActorView, Report, StateValue, Step } from '../../observe/statecharts/wire.ts';

interface StatelyEvent {
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot';
  readonly sessionId: string;
  readonly rootId: string;
  readonly createdAt: string;
  readonly id: null;
  /** The inspector takes an event for one of the protocol by this. */
  readonly _version: string;
  readonly [field: string]: unknown;
}

const VERSION = '0.4.0';
const ROOT = 'daemon';

/** The charts as JSON, by their ids; functions among their parts are left away, as JSON does. */
const definitions = new Map(
  Object.values<unknown>(machines)
    .filter((value) => value instanceof StateMachine)
    .map(({ id, config }) => [id, JSON.stringify(config)]),
);

const common = (sessionId: string, atMs: number) => ({
  sessionId,
  rootId: ROOT,
  createdAt: String(atMs),
  id: null,
  _version: VERSION,
});

const snapshotOf = (value: StateValue | undefined) =>
  value === undefined ? { status: 'stopped', context: {} } : { status: 'active', value, context: {} };

const actorEvent = ({ id, chart, name, value }: ActorView, nowMs: number): StatelyEvent => ({
  ...common(id, nowMs),
  type: '@xstate.actor',
  name,
  parentId: id === ROOT ? undefined : ROOT,
  definition: definitions.get(chart),
  snapshot: snapshotOf(value),
});

const stepEvents = ({ actor, atMs, event: type, value }: Step): readonly StatelyEvent[] => [
  { ...common(actor, atMs), type: '@xstate.event', event: { type } },
  { ...common(actor, atMs), type: '@xstate.snapshot', event: { type }, snapshot: snapshotOf(value) },
];

/** What the inspector is to be told of a report: the actors of the first one, the steps of all. */
export const toStately = ({ isWhole, actors, steps }: Report, nowMs: number): readonly StatelyEvent[] => [
  ...(isWhole ? actors.map((actor) => actorEvent(actor, nowMs)) : []),
  ...steps.flatMap(stepEvents),
];
