/** A check's chart on a given clock, its ports written down instead of carried out. */
import { createActor, type ActorRefFrom, type InspectionEvent } from 'xstate';
import { checkMachine, type CheckEvent, type CheckPorts } from '../../machines/check.ts';
import { checkKey, type CheckStatus, type Rejection, type Write } from '../../machines/model.ts';
import type { CheckEntry } from '../../machines/rules/ledger.ts';
import type { PortActions } from '../../src/actors/port-actions.ts';
import type { Clock } from '../../src/clock.ts';

const ID = { partition: '', namespace: '', node: 'foo', serviceId: 'web1', checkId: 'service:web1' };

/** A passing check of service web1 that writes at the first turn and has no deadline. */
export const CHECK_ENTRY: CheckEntry = {
  id: ID,
  key: checkKey(ID),
  status: 'passing',
  output: 'ok',
  deregisterAfterMs: undefined,
  criticalSinceMs: undefined,
  settings: { thresholds: { passing: 0, critical: 0 }, checkUpdateIntervalMs: 300_000 },
  incarnation: 'life',
};

type Timeless<Event> = Event extends { readonly atMs: number } ? Omit<Event, 'atMs'> : never;

export interface CheckChart {
  readonly actor: ActorRefFrom<typeof checkMachine>;
  readonly submitted: readonly Write[];
  readonly withdrawn: readonly string[];
  readonly runs: readonly number[];
  /** How often the check asked to be due at once. */
  readonly haste: () => number;
  /** State of the region `status`, and of `output`, as XState writes them. */
  readonly status: () => unknown;
  readonly output: () => unknown;
  /** Sends an event that happens now. */
  readonly tell: (event: Timeless<CheckEvent>) => void;
  /** Makes it due and gives the result at once; `sentAtMs` is now unless told. */
  readonly probe: (status: CheckStatus, output?: string, sentAtMs?: number) => void;
  /** Answers the newest write, or the one given. */
  readonly commit: (write?: Write) => void;
  readonly reject: (rejection: Rejection, write?: Write) => void;
  readonly supersede: (write?: Write) => void;
  /** The newest write's operations. */
  readonly lastWrite: () => Write['operations'] | undefined;
}

export interface CheckChartOptions {
  readonly clock: Clock;
  readonly inspect?: (event: InspectionEvent) => void;
  /** Told of every write and withdrawal as well. */
  readonly writer?: { submit: (write: Write) => void; withdraw: (subject: string) => void };
}

/** Starts it; `entry` replaces parts of {@link CHECK_ENTRY}. */
export function startCheckChart(entry: Partial<CheckEntry>, { clock, inspect, writer }: CheckChartOptions): CheckChart {
  const submitted: Write[] = [];
  const withdrawn: string[] = [];
  const runs: number[] = [];
  let haste = 0;
  const actions = {
    probe: (_, { run }) => {
      runs.push(run);
    },
    probeNow: () => {
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
  } satisfies PortActions<typeof checkMachine, CheckPorts>;
  const actor = createActor(checkMachine.provide({ actions }), {
    input: { ...CHECK_ENTRY, ...entry },
    clock,
    ...(inspect === undefined ? {} : { inspect }),
  });
  actor.start();
  const tell: CheckChart['tell'] = (event) => {
    actor.send({ ...event, atMs: clock.now() });
  };
  const writeId = (write = submitted.at(-1)): string => write!.id;
  return {
    actor,
    submitted,
    withdrawn,
    runs,
    haste: () => haste,
    status: () => actor.getSnapshot().value.status,
    output: () => actor.getSnapshot().value.output,
    tell,
    probe(status, output = status, sentAtMs = clock.now()) {
      tell({ type: 'check.due' });
      tell({ type: 'check.probed', run: runs.at(-1) ?? -1, status, output, sentAtMs });
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
