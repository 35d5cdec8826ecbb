/** What daemons ask in `PUT /v1/txn`, and what became of it. */
import type { Exchange } from './consul-server.ts';
import type { EmbeddedRequest } from '../../../src/dev/embedded/request.ts';

/** The folder of the instances' lists. */
export const LISTS = 'consul-esm/agents/';

/** An operation in Consul's words, as far as anybody here looks. */
export interface Operation {
  readonly KV?: { readonly Verb: string; readonly Key: string };
  readonly Node?: { readonly Verb: string; readonly Node: { readonly Node: string } };
  readonly Service?: { readonly Verb: string; readonly Node: string; readonly Service: { readonly ID: string } };
  readonly Check?: {
    readonly Verb: string;
    readonly Check: { readonly Node: string; readonly CheckID: string; readonly Status?: string };
  };
}

const READS = new Set(['get', 'get-tree', 'check-index', 'check-session', 'check-not-exists']);

const parsed = new WeakMap<EmbeddedRequest, readonly Operation[]>();

/** What the request would change; nothing, when it is no transaction. */
export const changesOf = (request: EmbeddedRequest): readonly Operation[] => {
  if (request.path !== '/v1/txn' || typeof request.body !== 'string') return [];
  const known = parsed.get(request);
  if (known !== undefined) return known;
  const operations = JSON.parse(request.body) as readonly Operation[]; // safe: the daemon wrote it
  const changes = operations.filter(({ KV, Node, Service, Check }) => {
    const verb = KV?.Verb ?? Node?.Verb ?? Service?.Verb ?? Check?.Verb ?? '';
    return !READS.has(verb);
  });
  parsed.set(request, changes);
  return changes;
};

/** Does it change lists of instances? */
export const changesLists = (request: EmbeddedRequest): boolean =>
  changesOf(request).some(({ KV }) => KV?.Key.startsWith(LISTS) === true);

export const isDone = ({ reply }: Exchange): boolean => reply.status === 200;

/** The node that an operation speaks of; undefined: none. */
export const nodeOf = ({ KV, Node, Service, Check }: Operation): string | undefined => {
  if (KV !== undefined) return /^consul-esm\/(?:probes|critical)\/([^/]+)/.exec(KV.Key)?.[1];
  return Node?.Node.Node ?? Service?.Node ?? Check?.Check.Node;
};

/** In a few words. */
export const nameOf = ({ KV, Node, Service, Check }: Operation): string => {
  if (KV !== undefined) return `${KV.Verb} ${KV.Key}`;
  if (Node !== undefined) return `${Node.Verb} node ${Node.Node.Node}`;
  if (Service !== undefined) return `${Service.Verb} service ${Service.Node}/${Service.Service.ID}`;
  return `${Check?.Verb ?? ''} check ${Check?.Check.Node ?? ''}/${Check?.Check.CheckID ?? ''} ${Check?.Check.Status ?? ''}`;
};
