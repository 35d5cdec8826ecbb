/** Sees a change of the catalog when it happens: by a blocking query, as any other user of Consul would. */
import type { CatalogCheck } from '../support/catalog.ts';
import type { TestConsul } from '../support/consul.ts';
import { monotonicMs } from '../support/monotonic.ts';

interface Seen {
  readonly index: string;
  readonly checks: readonly CatalogCheck[];
}

const look = async (consul: TestConsul, node: string, index: string): Promise<Seen> => {
  const answer = await fetch(`${consul.url}/v1/health/node/${node}?index=${index}&wait=20s`);
  // safe: what /v1/health/node answers
  const checks = (await answer.json()) as readonly CatalogCheck[];
  return { index: answer.headers.get('x-consul-index') ?? '0', checks };
};

/** Resolves to the monotonic time at which the node's checks were first seen to fit. Rejects after a minute. */
export const whenChecks = async (
  consul: TestConsul,
  node: string,
  fit: (checks: readonly CatalogCheck[]) => boolean,
): Promise<number> => {
  const end = monotonicMs() + 60_000;
  for (let index = '0'; monotonicMs() < end;) {
    const seen = await look(consul, node, index);
    if (fit(seen.checks)) return monotonicMs();
    index = seen.index;
  }
  throw new Error(`the checks of node ${node} did not become what was awaited`);
};
