/** The effects of machines/check.ts: probes are run, reports handed to the writer. */
import { checkMachine, type CheckPorts } from '../../machines/check.ts';
import type { CheckId, CheckKey, WriteAnswer } from '../../machines/model.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../observe/log.ts';
import type { Prober } from '../probes/prober.ts';
import type { RunnableDefinition } from '../probes/probe.ts';
import type { Schedule } from '../schedule.ts';
import type { Complaints } from './complaints.ts';
import { isActive, tellNoted, type LastEvent, type PortActions } from './port-actions.ts';
import type { Runs } from './runs.ts';
import type { Writer } from './writer.ts';

/** What a running check has beside its chart. A definition may hold secrets, and stays out of every snapshot. */
export interface CheckRuntime {
  definition: RunnableDefinition;
  timeoutMs: number;
  readonly runs: Runs;
}

/** The checks of one node. */
export interface CheckRuntimes {
  readonly checks: ReadonlyMap<CheckKey, CheckRuntime>;
  lastEvent: LastEvent | undefined;
}

export interface CheckDeps {
  readonly prober: Prober;
  readonly schedule: Schedule;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly log: Log;
  readonly complaints: Complaints;
}

/** As the log names a check, `foo/service:web1`. */
export const checkLabel = ({ node, checkId }: CheckId): string => `${node}/${checkId}`;

/** The chart with its effects, for the checks of all nodes that `nodes` holds by name. */
export const wireCheck = (deps: CheckDeps, nodes: ReadonlyMap<string, CheckRuntimes>): typeof checkMachine => {
  const { prober, schedule, writer, clock, log, complaints } = deps;
  return checkMachine.provide({
    actions: {
      probe: ({ context: { key, id }, self }, { run }) => {
        const node = nodes.get(id.node);
        const runtime = node?.checks.get(key);
        runtime?.runs.begin(async (signal) => {
          const { definition, timeoutMs } = runtime;
          const sentAtMs = clock.now();
          const outcome = await prober.run(definition, timeoutMs, signal);
          if (signal.aborted || outcome.type === 'aborted') return;
          if (outcome.type === 'unsent') {
            complaints.unsent(definition.type.toUpperCase(), outcome.error);
            return;
          }
          const { status, output } = outcome;
          complaints.sent(definition.type.toUpperCase());
          log.debug(`agent: Check '${checkLabel(id)}' is ${status}`);
          tellNoted(node, self, { type: 'check.probed', run, status, output, sentAtMs, atMs: clock.now() });
        });
      },
      probeNow: ({ context }) => {
        schedule.runNow(context.key);
      },
      submit: ({ context: { id }, self }, write) => {
        const [operation] = write.operations;
        writer.submit(write, (answer) => {
          if (operation?.type === 'service.remove') logRemoval(log, id, answer);
          if (!isActive(self)) return;
          const before = self.getSnapshot().context.status;
          tellNoted(nodes.get(id.node), self, answer);
          const after = self.getSnapshot().context.status;
          if (after !== before) log.info(`Check '${checkLabel(id)}' is now ${after}`);
        });
      },
      withdraw: (_, { subject }) => {
        writer.withdraw(subject);
      },
    } satisfies PortActions<typeof checkMachine, CheckPorts>,
  });
};

const logRemoval = (log: Log, id: CheckId, answer: WriteAnswer): void => {
  const fields = { node: id.node, service: id.serviceId, check: id.checkId };
  if (answer.type === 'status.committed') log.info('Removed a service that was critical for too long', fields);
  else if (answer.type === 'status.rejected') {
    log.info('Kept a service that was critical for too long', { ...fields, reason: answer.rejection.reason });
  }
};
