/** The names of KV entries. Those of agents and probes are shared with Go instances, which write names as they are. */
import type { CheckId } from '../../machines/model.ts';

export interface KeyOptions {
  /** `consul_kv_path`, with its final slash. */
  readonly kvPath: string;
  /** The key of the lock, as src/config/resolve.ts chooses it. */
  readonly leaderKey: string;
}

export interface Keys {
  /** The folder, with its final slash. */
  readonly root: string;
  /** The lock. */
  readonly leader: string;
  /** The lock of Go instances, `<kv>leader`. */
  readonly goLeader: string;
  /** Folder of the lists. */
  readonly agents: string;
  /** The list of an instance. */
  agent(serviceId: string): string;
  /** Folder of the nodes' failure times. */
  readonly probes: string;
  /** Since when a node has failed its pings. */
  probe(node: string): string;
  /** Folder of the clocks of critical checks. */
  readonly critical: string;
  /** The clock of a check. */
  criticalCheck(id: CheckId): string;
  /** Folder of the clocks of all checks of a service. */
  criticalService(id: CheckId): string;
}

export function createKeys({ kvPath: root, leaderKey }: KeyOptions): Keys {
  const [agents, probes, critical] = [`${root}agents/`, `${root}probes/`, `${root}critical/`];
  const service = ({ node, serviceId }: CheckId): string => `${critical}${segment(node)}/${segment(serviceId)}/`;
  return {
    root,
    leader: leaderKey,
    goLeader: `${root}leader`,
    agents,
    agent: (serviceId) => agents + serviceId,
    probes,
    probe: (node) => probes + node,
    critical,
    criticalService: service,
    criticalCheck: (id) => service(id) + [id.checkId, ...scopeOf(id)].map(segment).join('/'),
  };
}

/** Namespace and partition tell checks apart only where they are not the default ones. */
const scopeOf = ({ namespace, partition }: CheckId): readonly string[] => {
  const [ns, part] = [namespace, partition].map((name) => (name === 'default' ? '' : name));
  return ns === '' && part === '' ? [] : [ns ?? '', part ?? ''];
};

/** Names may hold slashes: they are percent-encoded, so that no two checks share a key. */
const segment = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F');
