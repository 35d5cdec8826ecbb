/**
 * The leader's sharing out of the external nodes.
 *
 * Decides which instance gets which node and which lists are written, starting from what KV holds, and how long one that only
 * seems gone keeps its nodes. Started by the leadership chart for as long as it leads; ends when a write shows that the lock is
 * lost. Tells `newsTo` its news of Consul.
 */
import {
  assertEvent,
  assign,
  sendTo,
  setup,
  type AnyActorRef,
  type CallbackActorLogic,
  type PromiseActorLogic,
} from 'xstate';
import type { ExternalNode } from './model.ts';
import { backoffMs, failuresAfter } from './rules/backoff.ts';
import { listChanges, readableLists, type KnownLists, type ListChange, type Registered } from './rules/changes.ts';
import { distribute } from './rules/distribute.ts';
import { GRACE_MS, membershipOf, stillMissing, type MissingSince } from './rules/members.ts';
import { troubleOf, type ActorFailed, type ConsulNews } from './rules/trouble.ts';

export interface AssignmentInput {
  readonly newsTo: AnyActorRef;
  /** Own service id. */
  readonly serviceId: string;
  /** The session that holds the lock: the fence of every write. */
  readonly session: string;
}

export interface AssignmentContext extends AssignmentInput {
  readonly nodes: readonly ExternalNode[] | undefined;
  readonly instances: readonly string[] | undefined;
  /** Since when this leader has seen peers not passing. */
  readonly missingSince: MissingSince;
  /** The last survey: is the instance itself registered, what is to be written, and how long the first in doubt has left. */
  readonly isRegistered: boolean;
  readonly changes: readonly ListChange[];
  readonly graceLeftMs: number | undefined;
  /** Tries in a row that Consul did not answer. */
  readonly failures: number;
}

/** What the watches send. */
export type FleetNews =
  | ConsulNews
  | { readonly type: 'nodes.changed'; readonly nodes: readonly ExternalNode[] }
  | { readonly type: 'instances.changed'; readonly serviceIds: readonly string[] }
  | { readonly type: 'lists.changed' };

export type AssignmentEvent = FleetNews | { readonly type: 'consul.reachable' };

/** What the daemon chart hears of the assignment. */
export type AssignmentReport = ConsulNews | ActorFailed;

/** What is in force, as read by `atMs`. */
export interface Survey {
  readonly lists: KnownLists;
  readonly registered: Registered;
  readonly atMs: number;
}

export interface WriteListsInput {
  readonly changes: readonly ListChange[];
  readonly session: string;
}

export type AssignmentActors = {
  /** Watches external nodes, healthy instances and the lists; `consul.reachable` ends its back-offs. */
  readonly fleet: CallbackActorLogic<{ readonly type: 'consul.reachable' }>;
  readonly survey: PromiseActorLogic<Survey>;
  /** Writes lists, fenced by the session; false: the lock is lost. */
  readonly writeLists: PromiseActorLogic<boolean, WriteListsInput>;
};

/** How often those in doubt are looked at: no watch shows that one of them deregisters, and then its grace is over. */
const DOUBT_LOOK_MS = 1_000;

const hasNews = ({ nodes, instances }: AssignmentContext): boolean => nodes !== undefined && instances !== undefined;

/** A catalog that does not show the leader itself may hide others too: by it their lists would be stale. */
const isListed = ({ instances, serviceId, isRegistered }: AssignmentContext): boolean =>
  isRegistered || (instances?.includes(serviceId) ?? false);

const planned = ({ nodes = [], instances = [], serviceId, missingSince }: AssignmentContext, survey: Survey) => {
  const { lists, registered } = survey;
  const { members, ...doubts } = membershipOf({ ...survey, serviceId, passing: instances, missingSince });
  return {
    ...doubts,
    isRegistered: registered.get(serviceId) === 'peer',
    changes: listChanges(distribute(nodes, members, readableLists(lists)), lists, registered),
  };
};

export const assignmentMachine = setup({
  types: {
    input: {} as AssignmentInput,
    context: {} as AssignmentContext,
    events: {} as AssignmentEvent,
  },
  actors: {} as AssignmentActors,
  actions: {
    adoptNodes: assign(({ event }) => {
      assertEvent(event, 'nodes.changed');
      return { nodes: event.nodes };
    }),
    adoptInstances: assign(({ context, event }) => {
      assertEvent(event, 'instances.changed');
      const { serviceIds } = event;
      return { instances: serviceIds, missingSince: stillMissing(context.missingSince, serviceIds) };
    }),
    planChanges: assign(({ context }, survey: Survey) => planned(context, survey)),
    countFailure: assign({ failures: ({ context, event }) => failuresAfter(context.failures, event) }),
    forgetFailures: assign({ failures: 0 }),
    wakeWatches: sendTo('fleet', { type: 'consul.reachable' }),
    tellFailed: sendTo(
      ({ context }) => context.newsTo,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'consul.failed', ...troubleOf(error) }) satisfies AssignmentReport,
    ),
    tellNews: sendTo(
      ({ context }) => context.newsTo,
      ({ event }) => {
        assertEvent(event, 'consul.failed');
        return event satisfies AssignmentReport;
      },
    ),
    tellFault: sendTo(
      ({ context }) => context.newsTo,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'actor.failed', actor: 'fleet', ...troubleOf(error) }) satisfies AssignmentReport,
    ),
  },
  guards: {
    isFleetKnown: ({ context }) => hasNews(context) && isListed(context),
    isAiling: ({ context }) => hasNews(context) && !isListed(context),
    isDroppedOut: ({ context }) => !isListed(context),
    isInDoubt: ({ context }) => context.graceLeftMs !== undefined,
    hasChanges: ({ context }) => context.changes.length > 0,
    isWritten: (_, isWritten: boolean) => isWritten,
  },
  delays: {
    /** Without jitter; src/actors/assignment.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    roundGap: 250,
    grace: GRACE_MS,
    doubtLook: ({ context }) => Math.min(context.graceLeftMs ?? 0, DOUBT_LOOK_MS),
  },
}).createMachine({
  id: 'assignment',
  description: 'Shares the external nodes out to the healthy instances.',
  context: ({ input }) => ({
    ...input,
    nodes: undefined,
    instances: undefined,
    missingSince: new Map(),
    isRegistered: false,
    changes: [],
    graceLeftMs: undefined,
    failures: 0,
  }),
  initial: 'assigning',
  states: {
    assigning: {
      description: 'Follows nodes, instances and lists, and keeps the lists in KV as they should be.',
      initial: 'gathering',
      invoke: {
        id: 'fleet',
        src: 'fleet',
        onError: {
          target: 'faulty',
          actions: ['countFailure', { type: 'tellFault', params: ({ event }) => event }],
        },
      },
      on: {
        'nodes.changed': { actions: 'adoptNodes' },
        'instances.changed': { actions: 'adoptInstances' },
        'consul.failed': { actions: 'tellNews' },
        'consul.reachable': { actions: 'wakeWatches' },
      },
      states: {
        gathering: {
          description: 'Waits until the nodes and the healthy instances are known.',
          always: [
            { guard: 'isFleetKnown', target: 'surveying' },
            { guard: 'isAiling', target: 'ailing' },
          ],
        },
        ailing: {
          description:
            'Not among the healthy itself, nor known to be registered: gives itself the grace to be, then goes on to look.',
          always: { guard: 'isFleetKnown', target: 'surveying' },
          after: { grace: { target: 'surveying' } },
        },
        surveying: {
          description: 'Reads the lists in force, and who is registered at all.',
          invoke: {
            id: 'survey',
            src: 'survey',
            onDone: {
              target: 'weighing',
              actions: ['forgetFailures', { type: 'planChanges', params: ({ event }) => event.output }],
            },
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: {
            'lists.changed': { target: 'surveying', reenter: true },
            'consul.reachable': { target: 'surveying', reenter: true, actions: 'wakeWatches' },
          },
        },
        weighing: {
          description: 'Is anything to be written? Not if the instance itself is neither healthy nor registered.',
          always: [
            { guard: 'isDroppedOut', target: 'gathering' },
            { guard: 'hasChanges', target: 'writing' },
            { guard: 'isInDoubt', target: 'settled.doubting' },
            { target: 'settled' },
          ],
        },
        writing: {
          description:
            'The changed lists are on their way, or in the hole that Consul was; what changes meanwhile is for the next round.',
          invoke: {
            id: 'writeLists',
            src: 'writeLists',
            input: ({ context }) => ({ changes: context.changes, session: context.session }),
            onDone: [
              {
                guard: { type: 'isWritten', params: ({ event }) => event.output },
                target: 'pausing',
                actions: 'forgetFailures',
              },
              { target: '#assignment.fenced' },
            ],
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'consul.reachable': { target: 'gathering', actions: 'wakeWatches' } },
        },
        pausing: {
          description:
            'After a write: the next survey shows that it took, and what changed meanwhile. Bounds the load.',
          after: { roundGap: { target: 'gathering' } },
        },
        settled: {
          description: 'The lists in KV are as they should be.',
          initial: 'calm',
          on: {
            'nodes.changed': { target: 'gathering', actions: 'adoptNodes' },
            'instances.changed': { target: 'gathering', actions: 'adoptInstances' },
            'lists.changed': { target: 'gathering' },
          },
          states: {
            calm: { description: 'Every instance with nodes is healthy.' },
            doubting: {
              description: 'An instance is registered and not healthy: it keeps its nodes until its grace is over.',
              after: { doubtLook: { target: '#assignment.assigning.gathering' } },
            },
          },
        },
        backingOff: {
          description: 'Consul did not answer, and may have written or not: the next survey tells.',
          after: { backoff: { target: 'gathering' } },
          on: { 'consul.reachable': { target: 'gathering', actions: 'wakeWatches' } },
        },
      },
    },
    faulty: {
      description: 'A watch ended in an error: starts them anew after a while.',
      after: { backoff: { target: 'assigning' } },
    },
    fenced: {
      description: 'Consul refused the write: somebody else holds the lock.',
      type: 'final',
    },
  },
  options: { maxIterations: 20 },
});
