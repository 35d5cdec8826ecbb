/** A real Consul for `consul-esm dev`, in which others may be at work. */
import { randomUUID } from 'node:crypto';
import { loadConfig } from '../config/load.ts';
import type { DevConsul } from './dev-consul.ts';

/**
 * Takes what `url` names, with token and TLS files of the environment. All that this run puts into it bears a name of its
 * own, so that neither the nodes nor the instances of others are ever touched. Rejects with `ESM_CONFIG_INVALID`.
 */
export async function useReal(url: string): Promise<DevConsul> {
  const { config } = await loadConfig([], { ...process.env, CONSUL_HTTP_ADDR: url });
  const name = `consul-esm-dev-${randomUUID().slice(0, 8)}`;
  const meta = { [name]: 'true' };
  return {
    about: `all in it that is named ${name} is removed at the end`,
    config: {
      ...config,
      consulService: name,
      kvPath: `${name}/`,
      leaderKey: `${name}/leader`,
      externalNodeMeta: meta,
    },
    names: { node: name, service: `${name}-web`, meta },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
