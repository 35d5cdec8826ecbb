/** Three instances that share nodes, each with a Consul of its own that can be made to answer badly. */
import { startDaemon, type TestDaemon } from './daemon.ts';
import type { TestConsul } from './consul.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { followLists, type ListHistory } from './list-history.ts';
import { registerNodes } from './probed-nodes.ts';
import { untilSettled } from './settled.ts';

import { recordTerms, type Terms } from './terms.ts';
import { startWeb, type Web } from './web.ts';

export interface ProxiedInstance {
  readonly id: string;
  readonly daemon: TestDaemon;
  /** Between it and Consul. */
  readonly proxy: FaultProxy;
}

export interface ProxiedFleet extends AsyncDisposable {
  /** With the view of a Consul that nothing is the matter with. */
  readonly fleet: Fleet;
  readonly web: Web;
  readonly instances: readonly ProxiedInstance[];
  readonly nodes: readonly string[];
  /** The lists, from when the fleet came to rest. */
  readonly history: ListHistory;
  readonly terms: Terms;
}

/** Resolves once the fleet is at rest. Checks run every `interval`. */
export async function startProxiedFleet(
  consul: TestConsul,
  name: string,
  {
    ids,
    nodes: count,
    interval,
  }: { readonly ids: readonly string[]; readonly nodes: number; readonly interval: string },
): Promise<ProxiedFleet> {
  const web = await startWeb();
  const terms = recordTerms();
  const fleet = createFleet(consul, name);
  const nodes = await registerNodes(fleet, count, web, interval);
  const start = async (id: string): Promise<ProxiedInstance> => {
    const proxy = await startFaultProxy(consul.port);
    const config = createFleet({ ...consul, url: proxy.url }, name).config('', id);
    return { id, proxy, daemon: await startDaemon({ config, onLine: terms.listener(id) }) };
  };
  const instances = await Promise.all(ids.map(start));
  await untilSettled(fleet, ids, nodes, web);
  const history = await followLists(fleet);
  return {
    ...{ fleet, web, instances, nodes, history, terms },
    async [Symbol.asyncDispose]() {
      await history[Symbol.asyncDispose]();
      await Promise.all(instances.map(({ daemon }) => daemon[Symbol.asyncDispose]()));
      await Promise.all([web, ...instances.map(({ proxy }) => proxy)].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
