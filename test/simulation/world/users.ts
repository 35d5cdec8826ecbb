/** Who registers nodes, services and checks, and what they have said: the truth that the catalog is held against. */
import { formatMs } from './format.ts';
import type { World } from './world.ts';

export interface UserCheck {
  readonly checkId: string;
  /** Empty: a check of the node. */
  readonly serviceId: string;
  readonly name: string;
  readonly notes: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly kind: 'HTTP' | 'TCP';
  /** Undefined: for ever. */
  readonly deregisterAfterMs: number | undefined;
  /** When it, or its status, was last touched by a user. */
  readonly editedAtMs: number;
}

export interface UserNode {
  readonly name: string;
  readonly meta: Readonly<Record<string, string>>;
  /** By id. */
  readonly services: ReadonlySet<string>;
  readonly checks: ReadonlyMap<string, UserCheck>;
  /** When it was registered, or its meta edited. */
  readonly editedAtMs: number;
}

/** Where a node is pinged. */
export const nodeHost = (node: string): string => `${node}.node`;

/** What a check asks. */
export const checkHost = (node: string, checkId: string): string => `${checkId}.${node}.check`;

export const isProbed = ({ meta }: UserNode): boolean => meta['external-probe'] === 'true';

export const definitionOf = (node: string, check: UserCheck): Record<string, string> => ({
  [check.kind]:
    check.kind === 'HTTP' ? `http://${checkHost(node, check.checkId)}/` : `${checkHost(node, check.checkId)}:80`,
  Interval: formatMs(check.intervalMs),
  Timeout: formatMs(check.timeoutMs),
  ...(check.deregisterAfterMs === undefined
    ? {}
    : { DeregisterCriticalServiceAfter: formatMs(check.deregisterAfterMs) }),
});

const serviceOf = (id: string): object => ({ Service: { ID: id, Service: id, Port: 80 } });

export class Users {
  readonly #world: World;
  readonly #nodes = new Map<string, UserNode>();
  #lost: readonly UserNode[] = [];
  #changedAtMs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get nodes(): ReadonlyMap<string, UserNode> {
    return this.#nodes;
  }

  /** When a node last came or went. */
  get changedAtMs(): number {
    return this.#changedAtMs;
  }

  putNode(name: string, isPinged: boolean, remark = ''): void {
    const meta = { 'external-node': 'true', 'external-probe': String(isPinged), remark };
    if (!this.#nodes.has(name)) this.#changedAtMs = this.#nowMs;
    const known = this.#nodes.get(name) ?? { name, services: new Set(), checks: new Map() };
    this.#nodes.set(name, { ...known, meta, editedAtMs: this.#nowMs });
    this.#register(name, {}, `puts node ${name}, probe ${isPinged}`);
  }

  /** A service comes with the first check of it. */
  putCheck(node: string, check: Omit<UserCheck, 'editedAtMs'>): void {
    const known = this.#nodes.get(node);
    if (known === undefined) return;
    const services = new Set(known.services);
    if (check.serviceId !== '') services.add(check.serviceId);
    const said = { ...check, editedAtMs: this.#nowMs };
    this.#nodes.set(node, { ...known, services, checks: new Map([...known.checks, [check.checkId, said]]) });
    this.#registerCheck(node, said, this.#stored(node, check.checkId)?.Status ?? 'critical', 'puts');
  }

  /** Sets a status by hand, as a person or another program may. */
  editStatus(node: string, checkId: string, status: string): void {
    const known = this.#nodes.get(node);
    const check = known?.checks.get(checkId);
    if (known === undefined || check === undefined) return;
    const said = { ...check, editedAtMs: this.#nowMs };
    this.#nodes.set(node, { ...known, checks: new Map([...known.checks, [checkId, said]]) });
    this.#registerCheck(node, said, status, `edits to ${status}`);
  }

  dropNode(name: string): void {
    this.forgetNode(name);
    this.#deregister({ Node: name });
  }

  dropService(node: string, serviceId: string): void {
    this.forgetService(node, serviceId);
    this.#deregister({ Node: node, ServiceID: serviceId });
  }

  dropCheck(node: string, checkId: string): void {
    const known = this.#nodes.get(node);
    if (known === undefined) return;
    this.#nodes.set(node, { ...known, checks: new Map([...known.checks].filter(([id]) => id !== checkId)) });
    this.#deregister({ Node: node, CheckID: checkId });
  }

  /** A daemon has removed it. */
  forgetNode(name: string): void {
    this.#nodes.delete(name);
    this.#changedAtMs = this.#nowMs;
  }

  forgetService(node: string, serviceId: string): void {
    const known = this.#nodes.get(node);
    if (known === undefined) return;
    const services = new Set([...known.services].filter((id) => id !== serviceId));
    const checks = new Map([...known.checks].filter(([, check]) => check.serviceId !== serviceId));
    this.#nodes.set(node, { ...known, services, checks });
  }

  /** Consul has lost everything. */
  loseAll(): void {
    this.#lost = [...this.#nodes.values()];
    this.#nodes.clear();
  }

  /** All that Consul has lost is registered again, but for what was registered anew meanwhile. */
  restore(): void {
    for (const node of this.#lost.filter(({ name }) => !this.#nodes.has(name))) {
      this.#nodes.set(node.name, { ...node, editedAtMs: this.#nowMs });
      this.#register(node.name, {}, `restores node ${node.name}`);
      for (const id of node.services.keys()) this.#register(node.name, serviceOf(id), `restores service ${id}`);
      for (const check of node.checks.values()) this.putCheck(node.name, check);
    }
    this.#lost = [];
  }

  get #nowMs(): number {
    return this.#world.timeline.nowMs;
  }

  #stored(node: string, checkId: string): { readonly Status: string; readonly Output: string } | undefined {
    const checks = (this.#world.server.read(`/health/node/${node}`) ?? []) as readonly {
      readonly CheckID: string;
      readonly Status: string;
      readonly Output: string;
    }[]; // safe: what the endpoint answers
    return checks.find(({ CheckID }) => CheckID === checkId);
  }

  #registerCheck(node: string, check: UserCheck, Status: string, verb: string): void {
    const { checkId, serviceId, name, notes } = check;
    const Check = {
      ...{ Node: node, CheckID: checkId, ServiceID: serviceId, Name: name, Notes: notes, Status },
      ...{ Output: this.#stored(node, checkId)?.Output ?? '', Definition: definitionOf(node, check) },
    };
    this.#register(
      node,
      { ...(serviceId === '' ? {} : serviceOf(serviceId)), Check },
      `${verb} check ${node}/${checkId}`,
    );
  }

  #register(name: string, more: object, what: string): void {
    const NodeMeta = this.#nodes.get(name)?.meta;
    this.#world.journal.note('user', what);
    this.#world.server.write('/catalog/register', { Node: name, Address: nodeHost(name), NodeMeta, ...more });
  }

  #deregister(what: object): void {
    this.#world.journal.note('user', `deregisters ${JSON.stringify(what)}`);
    this.#world.server.write('/catalog/deregister', what);
  }
}
