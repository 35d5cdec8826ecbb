/** One root actor: a node, or a group of a large node's checks, in an XState system of its own. */
import { createActor, type AnyActor } from 'xstate';
import type { CheckEvent } from '../../machines/check.ts';
import type { CheckId, CheckStatus } from '../../machines/model.ts';
import type { NodeEvent } from '../../machines/node.ts';
import type { CheckEntry } from '../../machines/rules/ledger.ts';
import type { NodeEntry } from '../../machines/rules/watchbook.ts';
import type { LogFields } from '../observe/log.ts';
import { checkLabel, tellChange, tickCheck } from './check.ts';
import { tickNode, type NodeChart, type NodeDeps, type NodeRuntime } from './node.ts';
import { stopOrphans } from './orphans.ts';
import { tellNoted, type LastEvent } from './port-actions.ts';

export interface NodeRoot {
  tell(event: NodeEvent): void;
  /** Starts a check; tells its slot, by which it is known from then on. */
  addCheck(check: CheckEntry): number;
  removeCheck(slot: number): void;
  /** Tells one of its checks; nothing happens when it has no such check. */
  tellCheck(slot: number, event: CheckEvent): void;
  /** The catalog holds this status and output of one of its checks. */
  changeCheck(slot: number, status: CheckStatus, output: string): void;
  /** One of its checks is due. */
  tickCheck(slot: number): void;
  /** It is due itself, to be pinged. */
  tick(): void;
  /** How many checks it has. */
  size(): number;
  /** The actor of one of its checks, for inspection; without a slot its own. Undefined: it has no such check. */
  actorOf(slot?: number): AnyActor | undefined;
  stop(): void;
}

/** Which chart has thrown, in which state, at which event. */
const lastWords = ({ type, actor }: LastEvent): LogFields => {
  const { machine, value, context } = actor.getSnapshot();
  const id = 'id' in context ? (context.id as CheckId) : undefined; // safe: of the two charts only the check's has an id
  return { machine: machine.id, state: value, event: type, ...(id === undefined ? {} : { check: checkLabel(id) }) };
};

/** What XState made an actor of, which it keeps and does not read once the actor runs. V8 gives each a hidden class: 700 bytes a check in all. */
const SPENT = {};

const forgetOptions = (actor: AnyActor | undefined): void => {
  if (actor !== undefined) Object.assign(actor, { options: SPENT });
};

/** `onFailure` is called when the chart or one of its checks has thrown: the root is dead then, its checks stopped. */
export const startNodeRoot = (
  deps: NodeDeps & { readonly nodeChart: NodeChart },
  runtime: NodeRuntime,
  input: NodeEntry,
  onFailure: () => void,
): NodeRoot => {
  const root = createActor(deps.nodeChart.machine, { input, clock: deps.clock });
  const checks = () => root.getSnapshot().children;
  root.subscribe({
    error: (error) => {
      const last = runtime.lastEvent ?? { type: 'xstate.init', actor: root };
      deps.log.error('An actor failed', { node: input.name, ...lastWords(last), error });
      onFailure();
    },
  });
  root.start();
  forgetOptions(root);
  let lastSlot = 0;
  let count = 0;
  return {
    tell(event) {
      tellNoted(runtime, root, event);
    },
    addCheck(check) {
      const slot = ++lastSlot;
      count += 1;
      tellNoted(runtime, root, { type: 'check.added', slot, check, atMs: deps.clock.now() });
      forgetOptions(checks()[slot] as AnyActor | undefined); // safe: what is spawned is an actor
      return slot;
    },
    removeCheck(slot) {
      count -= 1;
      tellNoted(runtime, root, { type: 'check.removed', slot, atMs: deps.clock.now() });
    },
    tellCheck(slot, event) {
      const check = checks()[slot];
      if (check !== undefined) tellNoted(runtime, check, event);
    },
    changeCheck(slot, status, output) {
      const check = checks()[slot];
      if (check !== undefined) tellChange(deps, runtime, check, status, output);
    },
    tickCheck(slot) {
      const check = checks()[slot];
      if (check !== undefined) tickCheck(deps, runtime, check);
    },
    tick() {
      tickNode(deps, runtime, root);
    },
    size: () => count,
    // safe: what is spawned is an actor
    actorOf: (slot) => (slot === undefined ? root : (checks()[slot] as AnyActor | undefined)),
    stop() {
      root.stop();
      stopOrphans(root.getSnapshot());
    },
  };
};
