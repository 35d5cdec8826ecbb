/**
 * The leader's sharing out of the external nodes.
 *
 * Decides which instance gets which node and which lists are written, starting from what KV holds. Started by the
 * leadership chart for as long as it leads; ends when a write shows that the lock is lost. Tells `newsTo` its news of
 * Consul.
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
import { backoffMs } from './rules/backoff.ts';
import { listChanges, readableLists, type KnownLists, type ListChange, type Registered } from './rules/changes.ts';
import { distribute } from './rules/distribute.ts';
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
  /** What the last survey showed to be written. */
  readonly changes: readonly ListChange[];
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

/** What is in force. */
export interface Survey {
  readonly lists: KnownLists;
  readonly registered: Registered;
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

const isMember = ({ instances, serviceId }: AssignmentContext): boolean => instances?.includes(serviceId) ?? false;

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
    adoptInstances: assign(({ event }) => {
      assertEvent(event, 'instances.changed');
      return { instances: event.serviceIds };
    }),
    planChanges: assign(({ context: { nodes = [], instances = [] } }, { lists, registered }: Survey) => ({
      changes: listChanges(distribute(nodes, instances, readableLists(lists)), lists, registered),
    })),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    wakeWatches: sendTo('fleet', { type: 'consul.reachable' }),
    tellAnswered: sendTo(({ context }) => context.newsTo, { type: 'consul.answered' } satisfies AssignmentReport),
    tellFailed: sendTo(
      ({ context }) => context.newsTo,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'consul.failed', ...troubleOf(error) }) satisfies AssignmentReport,
    ),
    tellNews: sendTo(
      ({ context }) => context.newsTo,
      ({ event }) => {
        assertEvent(event, ['consul.failed', 'consul.answered']);
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
    /** Without itself in the list of instances, the leader would give its nodes to others, or to nobody. */
    isFleetKnown: ({ context }) => context.nodes !== undefined && isMember(context),
    isDroppedOut: ({ context }) => !isMember(context),
    hasChanges: ({ context }) => context.changes.length > 0,
    isWritten: (_, isWritten: boolean) => isWritten,
  },
  delays: {
    /** Without jitter; src/actors/assignment.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    roundGap: 250,
  },
}).createMachine({
  id: 'assignment',
  description: 'Shares the external nodes out to the healthy instances.',
  context: ({ input }) => ({ ...input, nodes: undefined, instances: undefined, changes: [], failures: 0 }),
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
        'consul.answered': { actions: 'tellNews' },
        'consul.reachable': { actions: 'wakeWatches' },
      },
      states: {
        gathering: {
          description: 'Waits until the nodes and the healthy instances, itself among them, are known.',
          always: { guard: 'isFleetKnown', target: 'surveying' },
        },
        surveying: {
          description: 'Reads the lists in force, and who is registered at all.',
          invoke: {
            id: 'survey',
            src: 'survey',
            onDone: {
              target: 'weighing',
              actions: ['tellAnswered', 'forgetFailures', { type: 'planChanges', params: ({ event }) => event.output }],
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
          description: 'Is anything to be written? Not if the instance itself has dropped out meanwhile.',
          always: [
            { guard: 'isDroppedOut', target: 'gathering' },
            { guard: 'hasChanges', target: 'writing' },
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
                actions: ['tellAnswered', 'forgetFailures'],
              },
              { target: '#assignment.fenced', actions: 'tellAnswered' },
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
          on: {
            'nodes.changed': { target: 'gathering', actions: 'adoptNodes' },
            'instances.changed': { target: 'gathering', actions: 'adoptInstances' },
            'lists.changed': { target: 'gathering' },
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
