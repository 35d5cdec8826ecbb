/** The checks of one running node: definitions parsed, charts told, places in the schedule kept. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyActor } from 'xstate';
import { NODE_CHECK_ID, type CheckKey, type CheckRecord, type CheckStatus } from '../machines/model.ts';
import type { CheckEntry, CheckSettings } from '../machines/rules/ledger.ts';
import { checkLabel, type CheckDeps, type CheckRuntime } from './actors/check.ts';
import type { NodeRoot } from './actors/node-root.ts';
import { Runs, type RunOwner } from './actors/runs.ts';
import { parseDefinition, type ParsedCheck } from './probes/definition.ts';
import type { Schedule } from './schedule.ts';

export interface RunningChecksDeps extends CheckDeps {
  readonly newId: () => string;
}

type Runnable = Extract<ParsedCheck, { type: 'runnable' }>;

/** A check that runs: its chart's place, and what the chart does not know. */
export class RunningCheck implements CheckRuntime, RunOwner {
  /** As the catalog holds it: while that is the very same it need not be parsed anew. */
  definition: CheckRecord['definition'];
  parsed: Runnable;
  readonly root: NodeRoot;
  readonly slot: number;
  readonly runs: Runs;

  constructor({ key, definition }: CheckRecord, parsed: Runnable, root: NodeRoot, slot: number, schedule: Schedule) {
    this.definition = definition;
    this.parsed = parsed;
    this.root = root;
    this.slot = slot;
    this.runs = new Runs(schedule, key, parsed.intervalMs, this);
  }

  onDue(): void {
    this.root.tickCheck(this.slot);
  }
}

const knownStatus = (status: string): CheckStatus =>
  status === 'passing' || status === 'warning' ? status : 'critical';

/** The checks of one node. One object, methods and all, as there are thousands of them. */
export class RunningChecks {
  readonly #deps: RunningChecksDeps;
  readonly #running: Map<CheckKey, RunningCheck>;
  readonly #rootWithRoom: () => NodeRoot;
  /** What was last said of each check, so that it is said once. Undefined: nothing of any. */
  #noticed: Map<CheckKey, string> | undefined;
  #settings: CheckSettings;

  /** `running` is empty at first, and where their effects find the checks; `rootWithRoom` gives the root actor that takes the next. */
  constructor(
    deps: RunningChecksDeps,
    running: Map<CheckKey, RunningCheck>,
    rootWithRoom: () => NodeRoot,
    settings: CheckSettings,
  ) {
    this.#deps = deps;
    this.#running = running;
    this.#rootWithRoom = rootWithRoom;
    this.#settings = settings;
  }

  /** `criticalSinceMs` by check key, as KV tells. */
  add(records: readonly CheckRecord[], criticalSinceMs: (key: CheckKey) => number | undefined): void {
    for (const record of records) {
      const parsed = this.#parse(record);
      if (parsed !== undefined) this.#enter(record, parsed, criticalSinceMs(record.key));
    }
  }

  /** Tells those that do not run yet and are to be: add them. */
  change(records: readonly CheckRecord[]): readonly CheckKey[] {
    return records.filter((record) => this.#changeOne(record)).map(({ key }) => key);
  }

  remove(keys: readonly CheckKey[]): void {
    for (const key of keys) {
      this.#leave(key);
      this.#noticed?.delete(key);
    }
  }

  configure(settings: CheckSettings): void {
    this.#settings = settings;
    for (const { root, slot } of this.#running.values()) {
      root.tellCheck(slot, { type: 'settings.changed', settings, atMs: this.#deps.clock.now() });
    }
  }

  /** Undefined: no such check runs. */
  actorOf(key: CheckKey): AnyActor | undefined {
    const check = this.#running.get(key);
    return check?.root.actorOf(check.slot);
  }

  /** Nothing is probed any more; what is owed is still written. */
  quiet(): void {
    for (const { runs } of this.#running.values()) runs.stop();
  }

  /** Nothing is probed or written any more; the charts are the root's to stop. */
  stop(): void {
    for (const [key, { runs }] of this.#running) {
      runs.stop();
      this.#deps.writer.withdraw(key);
    }
  }

  #parse(record: CheckRecord): Runnable | undefined {
    if (record.id.checkId === NODE_CHECK_ID) return undefined;
    const parsed = parseDefinition(record);
    this.#notice(record, sentencesOn(parsed), parsed.type === 'none' ? 'debug' : 'warn');
    return parsed.type === 'runnable' ? parsed : undefined;
  }

  #notice({ key, id }: CheckRecord, sentences: readonly string[], level: 'debug' | 'warn'): void {
    const all = sentences.join();
    if ((this.#noticed?.get(key) ?? '') === all) return;
    for (const sentence of sentences) this.#deps.log[level](`Check '${checkLabel(id)}' ${sentence}`);
    this.#noticed ??= new Map();
    if (all === '') this.#noticed.delete(key);
    else this.#noticed.set(key, all);
  }

  #enter(record: CheckRecord, parsed: Runnable, sinceMs: number | undefined): void {
    const { key, id } = record;
    const { schedule, newId } = this.#deps;
    const root = this.#rootWithRoom();
    const entry: CheckEntry = {
      key,
      id,
      status: knownStatus(record.status),
      output: record.output,
      deregisterAfterMs: parsed.deregisterAfterMs,
      criticalSinceMs: sinceMs,
      settings: this.#settings,
      incarnation: newId(),
    };
    this.#running.set(key, new RunningCheck(record, parsed, root, root.addCheck(entry), schedule));
  }

  #leave(key: CheckKey): void {
    const check = this.#running.get(key);
    check?.runs.stop();
    check?.root.removeCheck(check.slot);
    this.#running.delete(key);
    this.#deps.writer.withdraw(key);
  }

  /** A run under way asks by the old definition: it ends, and the next tick asks by the new one. */
  #redefine(key: CheckKey, check: RunningCheck, parsed: Runnable): void {
    if (parsed === check.parsed || isDeepStrictEqual(parsed, check.parsed)) return;
    const { schedule, clock } = this.#deps;
    if (parsed.intervalMs !== check.parsed.intervalMs) schedule.setInterval(key, parsed.intervalMs);
    check.parsed = parsed;
    check.runs.abort();
    const { deregisterAfterMs } = parsed;
    check.root.tellCheck(check.slot, { type: 'check.updated', deregisterAfterMs, atMs: clock.now() });
  }

  /** Is it to run, and does not yet? */
  #changeOne(record: CheckRecord): boolean {
    const { key, definition, status, output } = record;
    const check = this.#running.get(key);
    const parsed = check !== undefined && check.definition === definition ? check.parsed : this.#parse(record);
    if (parsed === undefined) this.#leave(key);
    else if (check !== undefined) {
      this.#redefine(key, check, parsed);
      check.definition = definition;
      check.root.changeCheck(check.slot, knownStatus(status), output);
    }
    return parsed !== undefined && check === undefined;
  }
}

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
