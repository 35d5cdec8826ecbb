/** A node's chart on a given clock, its ports written down instead of carried out. */
import { createActor, type ActorRefFrom, type InspectionEvent } from 'xstate';
import { checkMachine } from '../../machines/check.ts';
import type { Rejection, Write } from '../../machines/model.ts';
import { nodeMachine, type NodeActors, type NodeEvent, type NodePorts } from '../../machines/node.ts';
import type { NodeEntry } from '../../machines/rules/watchbook.ts';
import type { PortActions } from '../../src/actors/port-actions.ts';
import type { Clock } from '../../src/clock.ts';

const HOUR_MS = 3_600_000;

/** A probed node that is known to be passing; 72 h to its removal, refreshed every hour. */
export const NODE_ENTRY: Omit<NodeEntry, 'startedAtMs'> = {
  name: 'foo',
  partition: '',
  isProbed: true,
  status: 'passing',
  failingSinceMs: undefined,
  settings: { nodeReconnectTimeoutMs: 72 * HOUR_MS, nodeHealthRefreshIntervalMs: HOUR_MS },
  incarnation: 'life',
};

type Timeless<Event> = Event extends { readonly atMs: number } ? Omit<Event, 'atMs'> : never;

export interface NodeChart {
  readonly actor: ActorRefFrom<typeof nodeMachine>;
  readonly submitted: readonly Write[];
  readonly withdrawn: readonly string[];
  readonly runs: readonly number[];
  /** How often the node asked to be due at once. */
  readonly haste: () => number;
  /** Its state as XState writes it. */
  readonly state: () => unknown;
  /** Sends an event that happens now. */
  readonly tell: (event: Timeless<NodeEvent>) => void;
  /** Makes it due and gives the result at once; `sentAtMs` is now unless told. */
  readonly ping: (isReachable: boolean, sentAtMs?: number) => void;
  /** Answers the newest write, or the one given. */
  readonly commit: (write?: Write) => void;
  readonly reject: (rejection: Rejection, write?: Write) => void;
  readonly supersede: (write?: Write) => void;
  /** The newest write's operations. */
  readonly lastWrite: () => Write['operations'] | undefined;
}

export interface NodeChartOptions {
  readonly clock: Clock;
  readonly inspect?: (event: InspectionEvent) => void;
  /** Told of every write and withdrawal as well. */
  readonly writer?: { submit: (write: Write) => void; withdraw: (subject: string) => void };
}

/** Starts it; `entry` replaces parts of {@link NODE_ENTRY}. Its checks are bare charts. */
export function startNodeChart(entry: Partial<NodeEntry>, { clock, inspect, writer }: NodeChartOptions): NodeChart {
  const submitted: Write[] = [];
  const withdrawn: string[] = [];
  const runs: number[] = [];
  let haste = 0;
  const wired = nodeMachine.provide({
    actors: { check: checkMachine } satisfies NodeActors,
    actions: {
      ping: (_, { run }) => {
        runs.push(run);
      },
      pingNow: () => {
        haste += 1;
      },
      submit: (_, write) => {
        submitted.push(write);
        writer?.submit(write);
      },
      withdraw: (_, { subject }) => {
        withdrawn.push(subject);
        writer?.withdraw(subject);
      },
    } satisfies PortActions<typeof nodeMachine, NodePorts>,
  });
  const actor = createActor(wired, {
    input: { ...NODE_ENTRY, startedAtMs: clock.now(), ...entry },
    clock,
    ...(inspect === undefined ? {} : { inspect }),
  });
  actor.start();
  const tell: NodeChart['tell'] = (event) => {
    actor.send({ ...event, atMs: clock.now() });
  };
  const writeId = (write = submitted.at(-1)): string => write!.id;
  return {
    actor,
    submitted,
    withdrawn,
    runs,
    haste: () => haste,
    state: () => actor.getSnapshot().value,
    tell,
    ping(isReachable, sentAtMs = clock.now()) {
      tell({ type: 'node.due' });
      tell({ type: 'node.pinged', run: runs.at(-1) ?? -1, isReachable, sentAtMs });
    },
    commit: (write) => {
      tell({ type: 'status.committed', writeId: writeId(write) });
    },
    reject: (rejection, write) => {
      tell({ type: 'status.rejected', writeId: writeId(write), rejection });
    },
    supersede: (write) => {
      tell({ type: 'status.superseded', writeId: writeId(write) });
    },
    lastWrite: () => submitted.at(-1)?.operations,
  };
}
