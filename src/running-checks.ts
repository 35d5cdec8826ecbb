/** The checks of one running node: definitions parsed, charts told, places in the schedule kept. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyActor } from 'xstate';
import { NODE_CHECK_ID, type CheckKey, type CheckRecord, type CheckStatus } from '../machines/model.ts';
import type { CheckEntry, CheckSettings } from '../machines/rules/ledger.ts';
import { checkLabel, type CheckDeps, type CheckRuntime } from './actors/check.ts';
import type { NodeRoot } from './actors/node-root.ts';
import { Runs } from './actors/runs.ts';
import { parseDefinition, type ParsedCheck } from './probes/definition.ts';

export interface RunningChecksDeps extends CheckDeps {
  readonly newId: () => string;
}

export interface RunningChecks {
  /** `criticalSinceMs` by check key, as KV tells. */
  add(records: readonly CheckRecord[], criticalSinceMs: (key: CheckKey) => number | undefined): void;
  /** Tells those that do not run yet and are to be: add them. */
  change(records: readonly CheckRecord[]): readonly CheckKey[];
  remove(keys: readonly CheckKey[]): void;
  configure(settings: CheckSettings): void;
  /** Undefined: no such check runs. */
  actorOf(key: CheckKey): AnyActor | undefined;
  /** Nothing is probed any more; what is owed is still written. */
  quiet(): void;
  /** Nothing is probed or written any more; the charts are the root's to stop. */
  stop(): void;
}

type Runnable = Extract<ParsedCheck, { type: 'runnable' }>;

interface RunningCheck {
  /** As the catalog holds it: while it says the same it need not be parsed anew. */
  definition: CheckRecord['definition'];
  parsed: Runnable;
  readonly root: NodeRoot;
  readonly slot: number;
}

const knownStatus = (status: string): CheckStatus =>
  status === 'passing' || status === 'warning' ? status : 'critical';

/** `rootWithRoom` gives the root actor that takes the next check. */
export const createRunningChecks = (
  deps: RunningChecksDeps,
  runtimes: Map<CheckKey, CheckRuntime>,
  rootWithRoom: () => NodeRoot,
  initialSettings: CheckSettings,
): RunningChecks => {
  const { schedule, writer, clock, log } = deps;
  const running = new Map<CheckKey, RunningCheck>();
  /** What was last said of each check, so that it is said once. */
  const noticed = new Map<CheckKey, string>();
  let settings = initialSettings;

  const parse = (record: CheckRecord): Runnable | undefined => {
    if (record.id.checkId === NODE_CHECK_ID) return undefined;
    const parsed = parseDefinition(record);
    const sentences = sentencesOn(parsed);
    if ((noticed.get(record.key) ?? '') !== sentences.join()) {
      const level = parsed.type === 'none' ? 'debug' : 'warn';
      for (const sentence of sentences) log[level](`Check '${checkLabel(record.id)}' ${sentence}`);
    }
    if (sentences.length > 0) noticed.set(record.key, sentences.join());
    else noticed.delete(record.key);
    return parsed.type === 'runnable' ? parsed : undefined;
  };

  const enter = (record: CheckRecord, parsed: Runnable, sinceMs: number | undefined): void => {
    const { key, id } = record;
    const root = rootWithRoom();
    const entry: CheckEntry = {
      key,
      id,
      status: knownStatus(record.status),
      output: record.output,
      deregisterAfterMs: parsed.deregisterAfterMs,
      criticalSinceMs: sinceMs,
      settings,
      incarnation: deps.newId(),
    };
    const slot = root.addCheck(entry);
    running.set(key, { definition: record.definition, parsed, root, slot });
    const runs = new Runs(schedule, key, parsed.intervalMs, () => {
      root.tickCheck(slot);
    });
    runtimes.set(key, { definition: parsed.definition, timeoutMs: parsed.timeoutMs, runs });
  };

  const leave = (key: CheckKey): void => {
    runtimes.get(key)?.runs.stop();
    runtimes.delete(key);
    const check = running.get(key);
    check?.root.removeCheck(check.slot);
    running.delete(key);
    writer.withdraw(key);
  };

  /** A run under way asks by the old definition: it ends, and the next tick asks by the new one. */
  const redefine = ({ key }: CheckRecord, check: RunningCheck, parsed: Runnable): void => {
    const runtime = runtimes.get(key);
    if (runtime === undefined || parsed === check.parsed || isDeepStrictEqual(parsed, check.parsed)) return;
    if (parsed.intervalMs !== check.parsed.intervalMs) schedule.setInterval(key, parsed.intervalMs);
    check.parsed = parsed;
    runtime.definition = parsed.definition;
    runtime.timeoutMs = parsed.timeoutMs;
    runtime.runs.abort();
    const { deregisterAfterMs } = parsed;
    check.root.tellCheck(check.slot, { type: 'check.updated', deregisterAfterMs, atMs: clock.now() });
  };

  const isDefinedSo = ({ definition }: CheckRecord, check: RunningCheck | undefined): check is RunningCheck =>
    check !== undefined && isDeepStrictEqual(definition, check.definition);

  /** Is it to run, and does not yet? */
  const changeOne = (record: CheckRecord): boolean => {
    const check = running.get(record.key);
    const parsed = isDefinedSo(record, check) ? check.parsed : parse(record);
    if (parsed === undefined) leave(record.key);
    else if (check !== undefined) {
      redefine(record, check, parsed);
      check.definition = record.definition;
      check.root.changeCheck(check.slot, knownStatus(record.status), record.output);
    }
    return parsed !== undefined && check === undefined;
  };

  return {
    add(records, criticalSinceMs) {
      for (const record of records) {
        const parsed = parse(record);
        if (parsed !== undefined) enter(record, parsed, criticalSinceMs(record.key));
      }
    },
    change(records) {
      return records.filter(changeOne).map(({ key }) => key);
    },
    remove(keys) {
      for (const key of keys) {
        leave(key);
        noticed.delete(key);
      }
    },
    configure(next) {
      settings = next;
      for (const { root, slot } of running.values()) {
        root.tellCheck(slot, { type: 'settings.changed', settings, atMs: clock.now() });
      }
    },
    actorOf(key) {
      const check = running.get(key);
      return check?.root.actorOf(check.slot);
    },
    quiet() {
      for (const { runs } of runtimes.values()) runs.stop();
    },
    stop() {
      for (const [key, { runs }] of runtimes) {
        runs.stop();
        writer.withdraw(key);
      }
    },
  };
};

/** What the log must say of a check that is not run as it stands. */
const sentencesOn = (parsed: ParsedCheck): readonly string[] => {
  switch (parsed.type) {
    case 'none':
      return ['has no runnable definition and is left alone'];
    case 'unsupported':
      return [`is left alone: ${parsed.kind} checks are not run yet`];
    case 'runnable':
      return parsed.warnings.map((warning) => `runs otherwise than defined: ${warning}`);
  }
};
