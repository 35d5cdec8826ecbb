/** Who has which nodes, as the lists in KV say, and who leads. */
import { eventually } from './eventually.ts';
import type { Fleet } from './fleet.ts';

export interface ListEntry {
  readonly nodes: readonly string[];
  readonly modifyIndex: number;
}

/** The lists by instance id; Nodes and Probes together. */
export type Lists = ReadonlyMap<string, ListEntry>;

interface KvEntry {
  readonly Key: string;
  readonly Value: string | null;
  readonly ModifyIndex: number;
  readonly Session?: string;
}

interface ListJson {
  readonly Nodes: readonly string[] | null;
  readonly Probes: readonly string[] | null;
}

/** Every list of the fleet, read consistently. */
export async function readLists({ consul, name }: Fleet): Promise<Lists> {
  const { status, body } = await consul.ask('GET', `/kv/${name}/agents/?recurse&consistent`);
  return status === 200 ? parseLists(name, body) : new Map();
}

/** The lists in an answer of `/v1/kv/<kv>agents/?recurse`. */
export function parseLists(fleet: string, body: unknown): Lists {
  const entries = body as readonly KvEntry[]; // safe: what /v1/kv answers with 200
  return new Map(entries.map((entry) => [entry.Key.slice(`${fleet}/agents/${fleet}:`.length), parseEntry(entry)]));
}

function parseEntry({ Value, ModifyIndex }: KvEntry): ListEntry {
  // safe: lists are written by the daemon under test
  const list = JSON.parse(Buffer.from(Value ?? '', 'base64').toString()) as ListJson;
  return { nodes: [...(list.Nodes ?? []), ...(list.Probes ?? [])], modifyIndex: ModifyIndex };
}

/** Instance ids by node; more than one while a node moves. */
export function ownersIn(lists: Lists): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [id, { nodes }] of lists) for (const node of nodes) owners.set(node, [...(owners.get(node) ?? []), id]);
  return owners;
}

/** How many nodes of `before` have another owner in `after`. */
export function movedNodes(before: Lists, after: Lists): number {
  const owners = ownersIn(after);
  return [...ownersIn(before)].filter(([node, [owner]]) => owners.get(node)?.[0] !== owner).length;
}

/** Do just these instances hold just so many nodes, each node once, sizes within one? */
function isShared(lists: Lists, instanceIds: readonly string[], nodes: number): boolean {
  const held = [...lists].filter((entry) => entry[1].nodes.length > 0);
  const sizes = instanceIds.map((id) => lists.get(id)?.nodes.length ?? 0);
  return (
    held.every(([id]) => instanceIds.includes(id)) &&
    sizes.reduce((sum, size) => sum + size, 0) === nodes &&
    ownersIn(lists).size === nodes &&
    Math.max(...sizes) - Math.min(...sizes) <= 1
  );
}

/** Resolves to the lists once the nodes are shared out among just these instances. */
export async function untilShared(
  fleet: Fleet,
  instanceIds: readonly string[],
  nodes: number,
  deadlineMs = 20_000,
): Promise<Lists> {
  let lists: Lists = new Map();
  try {
    return await eventually(
      `${nodes} nodes shared among ${instanceIds.join(', ')}`,
      async () => {
        lists = await readLists(fleet);
        return isShared(lists, instanceIds, nodes) ? lists : undefined;
      },
      { deadlineMs },
    );
  } catch (cause) {
    throw new Error(`not shared among ${instanceIds.join(', ')}: ${JSON.stringify([...lists])}`, { cause });
  }
}

/** The instance id whose session holds the lock; undefined: nobody's. */
export async function leaderOf({ consul, name }: Fleet): Promise<string | undefined> {
  const { status, body } = await consul.ask('GET', `/kv/${name}/leader?consistent`);
  if (status !== 200) return undefined;
  const [lock] = body as readonly KvEntry[]; // safe: what /v1/kv answers with 200
  if (lock?.Session === undefined) return undefined;
  const sessions = (await consul.get(`/session/info/${lock.Session}?consistent`)) as readonly {
    readonly ServiceChecks: readonly { readonly ID: string }[] | null;
  }[]; // safe: what /v1/session/info answers
  const check = sessions[0]?.ServiceChecks?.[0]?.ID;
  return check?.slice(`${name}:`.length).replace(/:agent-ttl$/, '');
}

/** Resolves to the instance id of the leader, once there is one that `isMeant`. */
export const untilLeader = (
  fleet: Fleet,
  isMeant: (instanceId: string) => boolean = () => true,
  deadlineMs = 20_000,
): Promise<string> =>
  eventually(
    'a leader',
    async () => {
      const leader = await leaderOf(fleet);
      return leader !== undefined && isMeant(leader) ? leader : undefined;
    },
    { deadlineMs },
  );
