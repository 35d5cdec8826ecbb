/** All that there is in a run, but for the story that is told in it. */
import { ConsulServer } from './consul-server.ts';
import { createDice, type Dice } from './dice.ts';
import { Instance, type Life, type Settings } from './instance.ts';
import { createJournal, type Journal } from './journal.ts';
import { Ownership } from './ownership.ts';
import { Targets } from './targets.ts';
import { Timeline } from './timeline.ts';
import { changesOf, nameOf } from './transaction.ts';
import { Users } from './users.ts';

/** When every run begins. */
const START_MS = Date.UTC(2024, 0, 1);

/** How long after the last fault all must be right again. */
const TAKE_OVER_MS = 30_000;

/** A check as the catalog has it. */
export interface StoredCheck {
  readonly CheckID: string;
  readonly ServiceID: string;
  readonly Name: string;
  readonly Notes: string;
  readonly Status: string;
  readonly Definition: Readonly<Record<string, unknown>>;
  readonly CreateIndex: number;
}

export class World {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly server: ConsulServer;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly users: Users;
  readonly settings: Settings;
  readonly fleet: readonly Instance[];
  /** What must never happen and has. */
  readonly troubles: string[] = [];
  /** The most nodes there were at a time. */
  mostNodes = 0;
  #calmFromMs = START_MS + TAKE_OVER_MS;
  /** As read after so many edits of the catalog. */
  readonly #checks = new Map<string, { readonly edits: number; readonly checks: ReadonlyMap<string, StoredCheck> }>();

  constructor(seed: number, size: number, settings: Settings) {
    this.settings = settings;
    this.dice = createDice(seed);
    this.timeline = new Timeline(seed, START_MS);
    this.journal = createJournal(() => this.elapsedMs);
    this.server = new ConsulServer(this.timeline, this.dice.fork('consul'));
    this.ownership = new Ownership(this.timeline, this.server);
    this.targets = new Targets(this.timeline);
    this.users = new Users(this);
    this.fleet = Array.from({ length: size }, (_, index) => new Instance(this, index + 1, settings));
    this.server.observe({
      afterWrite: ({ from, request, reply }) => {
        const changes = changesOf(request);
        if (changes.length > 0) this.journal.note(from, `${reply.status} ${changes.map(nameOf).join(', ')}`);
      },
    });
  }

  /** Since the run began. */
  get elapsedMs(): number {
    return this.timeline.nowMs - START_MS;
  }

  /** Instances that run, and have not been asked to stop. */
  get running(): readonly (Instance & { readonly life: Life })[] {
    // safe: just looked at
    return this.fleet.filter((instance): instance is Instance & { readonly life: Life } => instance.life !== undefined);
  }

  /** From when on all must be right. */
  get calmFromMs(): number {
    return this.#calmFromMs;
  }

  get isCalm(): boolean {
    return this.timeline.nowMs >= this.#calmFromMs;
  }

  /** Something is wrong until `durationMs` from now. */
  disturb(durationMs: number): void {
    this.#calmFromMs = Math.max(this.#calmFromMs, this.timeline.nowMs + durationMs + TAKE_OVER_MS);
  }

  serviceIdOf(name: string): string {
    return this.fleet.find((instance) => instance.name === name)?.serviceId ?? '';
  }

  /** A node's checks as the catalog has them, by id. */
  checksOf(node: string): ReadonlyMap<string, StoredCheck> {
    const edits = this.server.catalogEdits;
    const known = this.#checks.get(node);
    if (known?.edits === edits) return known.checks;
    const stored = (this.server.read(`/health/node/${node}`) ?? []) as readonly StoredCheck[]; // safe: what the endpoint answers
    const checks = new Map(stored.map((check) => [check.CheckID, check]));
    this.#checks.set(node, { edits, checks });
    return checks;
  }

  /** When the catalog first knew the node; undefined: it does not. */
  createIndexOf(node: string): number | undefined {
    // safe: what the endpoint answers
    const stored = this.server.read(`/catalog/node/${node}`) as {
      readonly Node: { readonly CreateIndex: number };
    } | null;
    return stored?.Node.CreateIndex;
  }
}
