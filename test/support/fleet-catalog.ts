/** All that the catalog says of a fleet's nodes, to be compared with what it said before. */
import type { CatalogCheck } from './catalog.ts';
import type { Fleet } from './fleet.ts';

interface CatalogNode {
  readonly Node: string;
  readonly CreateIndex: number;
}

/** By node and check: its status, and, as text, what no daemon may change. */
export type FleetCatalog = Readonly<Record<string, { readonly status: string; readonly rest: string }>>;

/** Reads it consistently: the nodes by name, the checks by `node/check id`. */
export async function readCatalog({ consul, name }: Fleet): Promise<FleetCatalog> {
  const meta = `node-meta=fleet:${name}&consistent`;
  const nodes = (await consul.get(`/catalog/nodes?${meta}`)) as readonly CatalogNode[]; // safe: what /v1/catalog/nodes answers
  const checks = (await consul.get(`/health/state/any?${meta}`)) as readonly CatalogCheck[]; // safe: what /v1/health/state answers
  return Object.fromEntries([
    ...nodes.map(({ Node, CreateIndex }) => [Node, { status: '', rest: String(CreateIndex) }] as const),
    ...checks.map(
      (check) => [`${check.Node}/${check.CheckID}`, { status: check.Status, rest: restOf(check) }] as const,
    ),
  ]);
}

const restOf = ({ Name, Notes, ServiceID, Definition, CreateIndex }: CatalogCheck): string =>
  JSON.stringify([Name, Notes, ServiceID, Definition, CreateIndex]);

/** The catalog as it is to be once these checks have another status, and nothing else has changed. */
export const withStatus = (before: FleetCatalog, checks: readonly string[], status: string): FleetCatalog => ({
  ...before,
  ...Object.fromEntries(checks.map((check) => [check, { rest: '', ...before[check], status }])),
});

/** The catalog as it is to be once these nodes were removed, and nothing else has changed. */
export const without = (before: FleetCatalog, nodes: readonly string[]): FleetCatalog =>
  Object.fromEntries(Object.entries(before).filter(([entry]) => !nodes.includes(entry.split('/')[0] ?? '')));
