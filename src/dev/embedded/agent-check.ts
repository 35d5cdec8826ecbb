/** A TTL check of the agent. */
import type { Clock, TimerId } from '../../clock.ts';
import type { CheckRecord, Said, ServiceRecord } from './records.ts';
import type { SaidAgentCheck } from './agent-shapes.ts';

/** Less than a minute is not granted. */
const SHORTEST_DEREGISTER_MS = 60_000;

export interface AgentCheckOptions {
  readonly said: SaidAgentCheck;
  readonly node: string;
  readonly service: Said<ServiceRecord> | undefined;
  /** The check that this one replaces, whose status it takes over. */
  readonly before: AgentCheck | undefined;
}

export class AgentCheck {
  readonly id: string;
  readonly serviceId: string;
  readonly #clock: Clock;
  readonly #said: SaidAgentCheck;
  readonly #onChange: (kind: 'status' | 'output') => void;
  #record: Said<CheckRecord>;
  #criticalSinceMs: number | undefined;
  #timer: TimerId;

  constructor(clock: Clock, { said, node, service, before }: AgentCheckOptions, onChange: AgentCheck['onChange']) {
    this.#clock = clock;
    this.#said = said;
    this.#onChange = onChange;
    this.id = said.CheckID;
    this.serviceId = service?.ID ?? '';
    this.#record = {
      Node: node,
      CheckID: said.CheckID,
      Name: said.Name,
      Status: before?.record.Status ?? (said.Status || 'critical'),
      Notes: said.Notes,
      Output: before?.record.Output ?? '',
      ServiceID: this.serviceId,
      ServiceName: service?.Service ?? '',
      ServiceTags: service?.Tags ?? [],
      Type: 'ttl',
      Definition: {},
    };
    this.#criticalSinceMs = this.#record.Status === 'critical' ? (before?.criticalSinceMs ?? clock.now()) : undefined;
    this.#expireLater();
  }

  get record(): Said<CheckRecord> {
    return this.#record;
  }

  get criticalSinceMs(): number | undefined {
    return this.#criticalSinceMs;
  }

  get onChange(): (kind: 'status' | 'output') => void {
    return this.#onChange;
  }

  beat(status: string, output: string): void {
    this.#update(status, output);
    this.#expireLater();
  }

  /** Has it been critical for longer than its service may? */
  isOverdue(): boolean {
    const after = this.#said.DeregisterCriticalServiceAfter ?? 0;
    if (after === 0 || this.#criticalSinceMs === undefined || this.serviceId === '') return false;
    return this.#clock.now() - this.#criticalSinceMs > Math.max(after, SHORTEST_DEREGISTER_MS);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #expireLater(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => {
      const { Output } = this.#record;
      const last = Output === '' ? '' : ` (last output before timeout follows): ${Output}`;
      this.#update('critical', `TTL expired${last}`);
    }, this.#said.TTL ?? 0);
  }

  #update(Status: string, Output: string): void {
    const before = this.#record;
    if (before.Status === Status && before.Output === Output) return;
    if (Status !== 'critical') this.#criticalSinceMs = undefined;
    else this.#criticalSinceMs ??= this.#clock.now();
    this.#record = { ...before, Status, Output };
    this.#onChange(before.Status === Status ? 'output' : 'status');
  }
}
