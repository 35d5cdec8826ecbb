/** The effects of machines/check.ts: probes are run, reports handed to the writer. */
import { checkMachine, type CheckPorts, type CheckProbed } from '../../machines/check.ts';
import type { CheckId, CheckKey, CheckStatus, WriteAnswer } from '../../machines/model.ts';
import { isEcho, isUneventful } from '../../machines/rules/uneventful.ts';
import type { Clock, Random } from '../clock.ts';
import type { Log } from '../observe/log.ts';
import type { Prober } from '../probes/prober.ts';
import type { RunnableDefinition } from '../probes/probe.ts';
import type { Schedule } from '../schedule.ts';
import type { Complaints } from './complaints.ts';
import { spreadOutputWait } from './jitter.ts';
import { isActive, tellNoted, type ChartRef, type LastEvent, type PortActions } from './port-actions.ts';
import type { Runs } from './runs.ts';
import type { Writer } from './writer.ts';

/** What a running check has beside its chart. A definition may hold secrets, and stays out of every snapshot. */
export interface CheckRuntime {
  readonly parsed: { readonly definition: RunnableDefinition; readonly timeoutMs: number };
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
  readonly random: Random;
  readonly log: Log;
  readonly complaints: Complaints;
  /** Actors that somebody watches: they are told what changes nothing too, so that it can be seen. */
  readonly followed: ReadonlySet<unknown>;
}

type CheckRef = ChartRef<typeof checkMachine>;

/** As the log names a check, `foo/service:web1`. */
export const checkLabel = ({ node, checkId }: CheckId): string => `${node}/${checkId}`;

/** The check is due. A steady one would do nothing but count its run, and is not asked. */
export const tickCheck = (deps: CheckDeps, node: CheckRuntimes, check: CheckRef): void => {
  const snapshot = check.getSnapshot();
  const isAsked = !snapshot.hasTag('steady') || deps.followed.has(check);
  if (isAsked) tellNoted(node, check, { type: 'check.due', atMs: deps.clock.now() });
  else startRun(deps, node, check, snapshot.context.run);
};

/** Probes; the result is told as that of `run`, unless it would change nothing. Without `async`, which took 1 KB a probe. */
const startRun = (deps: CheckDeps, node: CheckRuntimes | undefined, check: CheckRef, run: number): void => {
  const runtime = node?.checks.get(check.getSnapshot().context.key);
  runtime?.runs.begin((signal) => {
    const { definition, timeoutMs } = runtime.parsed;
    const sentAtMs = deps.clock.now();
    return deps.prober.run(definition, timeoutMs, signal).then((outcome) => {
      if (signal.isAborted || outcome.type === 'aborted') return;
      const kind = definition.type.toUpperCase();
      if (outcome.type === 'unsent') deps.complaints.unsent(kind, outcome.error);
      else {
        deps.complaints.sent(kind);
        const { status, output } = outcome;
        tellResult(deps, node, check, { type: 'check.probed', run, status, output, sentAtMs, atMs: deps.clock.now() });
      }
    });
  });
};

const tellResult = (deps: CheckDeps, node: CheckRuntimes | undefined, check: CheckRef, result: CheckProbed): void => {
  const snapshot = check.getSnapshot();
  deps.log.debug(`agent: Check '${checkLabel(snapshot.context.id)}' is ${result.status}`);
  const changesNothing =
    snapshot.hasTag('steady') && isUneventful(snapshot.context, result, snapshot.hasTag('waiting'));
  if (!changesNothing || deps.followed.has(check)) tellNoted(node, check, result);
};

/** The catalog holds these. Nearly always they are the check's own report, of which it knows by the writer's answer. */
export const tellChange = (
  deps: CheckDeps,
  node: CheckRuntimes,
  check: CheckRef,
  status: CheckStatus,
  output: string,
): void => {
  if (isEcho(check.getSnapshot().context, status, output) && !deps.followed.has(check)) return;
  tellNoted(node, check, { type: 'check.changed', status, output, atMs: deps.clock.now() });
};

/** The chart with its effects, for the checks of all nodes that `nodes` holds by name. */
export const wireCheck = (deps: CheckDeps, nodes: ReadonlyMap<string, CheckRuntimes>): typeof checkMachine => {
  const { schedule, writer, random, log } = deps;
  return checkMachine.provide({
    delays: { checkUpdateInterval: spreadOutputWait(random) },
    actions: {
      probe: ({ context: { id }, self }, { run }) => {
        startRun(deps, nodes.get(id.node), self, run);
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
