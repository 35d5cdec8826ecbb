/** The catalog as a user sees and changes it: by Consul's HTTP interface. */
import type { TestConsul } from './consul.ts';
import { eventually } from './eventually.ts';

export interface CatalogCheck {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: string;
  readonly Output: string;
  readonly Notes: string;
  readonly ServiceID: string;
  readonly ServiceTags: readonly string[] | null;
  readonly Definition: Readonly<Record<string, unknown>>;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

/** What a test says of a node to register; a check's `Node` is filled in. */
export interface NodeEntry {
  readonly node: string;
  readonly address?: string;
  readonly meta?: Readonly<Record<string, string>>;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly checks?: readonly Readonly<Record<string, unknown>>[];
}

/** Registers node, service and checks in one request. */
export const register = (consul: TestConsul, entry: NodeEntry): Promise<unknown> => {
  const { node, address = '127.0.0.1', meta, service, checks } = entry;
  return consul.put('/catalog/register', {
    Node: node,
    Address: address,
    ...(meta === undefined ? { SkipNodeUpdate: true } : { NodeMeta: meta }),
    ...(service === undefined ? {} : { Service: service }),
    ...(checks === undefined ? {} : { Checks: checks.map((check) => ({ Node: node, ...check })) }),
  });
};

/** Removes a check, a service, or, with the name alone, the node. */
export const deregister = (
  consul: TestConsul,
  entry: { readonly Node: string; readonly CheckID?: string; readonly ServiceID?: string },
): Promise<unknown> => consul.put('/catalog/deregister', entry);

/** The node's checks, as the leader holds them. */
export const checksOf = async (consul: TestConsul, node: string): Promise<readonly CatalogCheck[]> =>
  // safe: what /v1/health/node answers
  (await consul.get(`/health/node/${encodeURIComponent(node)}?consistent`)) as readonly CatalogCheck[];

/** One check of a node; undefined: there is none. */
export const checkOf = async (consul: TestConsul, node: string, checkId: string): Promise<CatalogCheck | undefined> =>
  (await checksOf(consul, node)).find(({ CheckID }) => CheckID === checkId);

/** Resolves to the check once it has the status. */
export const untilStatus = async (
  consul: TestConsul,
  node: string,
  checkId: string,
  status: string,
  deadlineMs = 20_000,
): Promise<CatalogCheck> => {
  let seen: CatalogCheck | undefined;
  try {
    return await eventually(
      `${node}/${checkId} ${status}`,
      async () => {
        seen = await checkOf(consul, node, checkId);
        return seen?.Status === status ? seen : undefined;
      },
      { deadlineMs, everyMs: 25 },
    );
  } catch (cause) {
    throw new Error(`${node}/${checkId} is not ${status}: ${JSON.stringify(seen)}`, { cause });
  }
};

/** Ids of the node's services, as the leader holds them; undefined: there is no such node. */
export const servicesOf = async (consul: TestConsul, node: string): Promise<readonly string[] | undefined> => {
  // safe: what /v1/catalog/node answers
  const answer = (await consul.get(`/catalog/node/${encodeURIComponent(node)}?consistent`)) as {
    readonly Services: Readonly<Record<string, unknown>>;
  } | null;
  return answer === null ? undefined : Object.keys(answer.Services);
};

/** The bytes of a KV entry; undefined: there is none. */
export const kvOf = async (consul: TestConsul, key: string): Promise<Buffer | undefined> => {
  const { status, body } = await consul.ask('GET', `/kv/${key}?consistent`);
  if (status === 404) return undefined;
  const [entry] = body as { readonly Value: string }[]; // safe: what /v1/kv answers with 200
  return Buffer.from(entry?.Value ?? '', 'base64');
};
