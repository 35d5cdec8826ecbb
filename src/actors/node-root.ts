/** One root actor: a node, or a group of a large node's checks, in an XState system of its own. */
import { createActor, type Actor, type AnyActor } from 'xstate';
import type { CheckEvent } from '../../machines/check.ts';
import type { CheckId, CheckStatus } from '../../machines/model.ts';
import type { NodeEvent, nodeMachine } from '../../machines/node.ts';
import type { CheckEntry } from '../../machines/rules/ledger.ts';
import type { NodeEntry } from '../../machines/rules/watchbook.ts';
import type { LogFields } from '../observe/log.ts';
import { checkLabel, tellChange, tickCheck } from './check.ts';
import { tickNode, type NodeChart, type NodeDeps, type NodeRuntime } from './node.ts';
import { stopOrphans } from './orphans.ts';
import { tellNoted, type LastEvent } from './port-actions.ts';

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

type RootDeps = NodeDeps & { readonly nodeChart: NodeChart };

/** A running root. One object, methods and all, as there are thousands of them. */
export class NodeRoot {
  readonly #deps: RootDeps;
  readonly #runtime: NodeRuntime;
  readonly #root: Actor<typeof nodeMachine>;
  #lastSlot = 0;
  #count = 0;

  /** `onFailure` is called when the chart or one of its checks has thrown: the root is dead then, its checks stopped. */
  constructor(deps: RootDeps, runtime: NodeRuntime, input: NodeEntry, onFailure: () => void) {
    this.#deps = deps;
    this.#runtime = runtime;
    const root = createActor(deps.nodeChart.machine, { input, clock: deps.clock });
    this.#root = root;
    root.subscribe({
      error: (error) => {
        const last = runtime.lastEvent ?? { type: 'xstate.init', actor: root };
        deps.log.error('An actor failed', { node: input.name, ...lastWords(last), error });
        onFailure();
      },
    });
    root.start();
    forgetOptions(root);
  }

  /** How many checks it has. */
  get size(): number {
    return this.#count;
  }

  get #checks() {
    return this.#root.getSnapshot().children;
  }

  tell(event: NodeEvent): void {
    tellNoted(this.#runtime, this.#root, event);
  }

  /** Starts a check; tells its slot, by which it is known from then on. */
  addCheck(check: CheckEntry): number {
    const slot = ++this.#lastSlot;
    this.#count += 1;
    this.tell({ type: 'check.added', slot, check, atMs: this.#deps.clock.now() });
    forgetOptions(this.actorOf(slot));
    return slot;
  }

  removeCheck(slot: number): void {
    this.#count -= 1;
    this.tell({ type: 'check.removed', slot, atMs: this.#deps.clock.now() });
  }

  /** Tells one of its checks; nothing happens when it has no such check. */
  tellCheck(slot: number, event: CheckEvent): void {
    const check = this.#checks[slot];
    if (check !== undefined) tellNoted(this.#runtime, check, event);
  }

  /** The catalog holds this status and output of one of its checks. */
  changeCheck(slot: number, status: CheckStatus, output: string): void {
    const check = this.#checks[slot];
    if (check !== undefined) tellChange(this.#deps, this.#runtime, check, status, output);
  }

  /** One of its checks is due. */
  tickCheck(slot: number): void {
    const check = this.#checks[slot];
    if (check !== undefined) tickCheck(this.#deps, this.#runtime, check);
  }

  /** It is due itself, to be pinged. */
  tick(): void {
    tickNode(this.#deps, this.#runtime, this.#root);
  }

  /** The actor of one of its checks, for inspection; without a slot its own. Undefined: it has no such check. */
  actorOf(slot?: number): AnyActor | undefined {
    // safe: what is spawned is an actor
    return slot === undefined ? this.#root : (this.#checks[slot] as AnyActor | undefined);
  }

  stop(): void {
    this.#root.stop();
    stopOrphans(this.#root.getSnapshot());
  }
}
