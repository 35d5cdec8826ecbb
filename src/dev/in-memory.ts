/** The Consul that `consul-esm dev` brings along. */
import { randomUUID } from 'node:crypto';
import { systemClock, systemRandom } from '../clock.ts';
import { loadConfig } from '../config/load.ts';
import type { DevConsul } from './dev-consul.ts';
import { createEmbeddedConsul } from './embedded/embedded.ts';
import { type ServedConsul, serveEmbeddedConsul } from './embedded/serve.ts';
import { refuseFlag } from './flags.ts';

/** Consul's own. */
const PORT = 8500;

/**
 * Starts a Consul in memory on a port of 127.0.0.1; undefined: 8500, or another one when that is taken. Throws
 * `ESM_FLAGS_INVALID` when the given port cannot be had.
 */
export async function startInMemory(port: number | undefined): Promise<DevConsul> {
  const core = createEmbeddedConsul({ clock: systemClock, random: systemRandom, newId: randomUUID });
  const serve = (on: number): Promise<ServedConsul> => serveEmbeddedConsul(core, { port: on });
  const served = await (port === undefined ? serve(PORT).catch(() => serve(0)) : serve(port).catch(refusePort(port)));
  const { config } = await loadConfig([], { CONSUL_HTTP_ADDR: served.url });
  return {
    about: 'in memory, for trying out, not for production',
    config,
    names: { node: 'foo', service: 'web', meta: config.externalNodeMeta },
    async [Symbol.asyncDispose]() {
      core.stop();
      await served[Symbol.asyncDispose]();
    },
  };
}

const refusePort = (port: number) => (cause: unknown) => {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw refuseFlag(`-port=${port} cannot be had: ${why}`);
};
