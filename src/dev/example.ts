/** The external node that `consul-esm dev` puts into the catalog, and takes out again. */
import { systemClock, systemRandom } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { asObject, jsonOf } from '../consul/answer.ts';
import { createConsul } from '../consul/client.ts';
import { requireOk } from '../consul/errors.ts';
import type { Call } from '../consul/transport.ts';
import { EsmError } from '../errors.ts';
import { consulAccess } from '../settings.ts';

/** What the example is called in the catalog. */
export interface ExampleNames {
  readonly node: string;
  readonly service: string;
  /** The meta by which the daemon knows the node as external. */
  readonly meta: Readonly<Record<string, string>>;
}

export interface ExampleOptions extends ExampleNames {
  /** Where on 127.0.0.1 the checks look. */
  readonly port: number;
}

export interface Example extends AsyncDisposable {
  /** Registers the service again if it is gone: one that was critical for too long is removed. */
  restore(): Promise<void>;
}

const SERVICE_ID = 'web1';

/** A node with a service, an HTTP check and a TCP check, for PUT to /v1/catalog/register. */
export const exampleNode = ({ node, service, meta, port }: ExampleOptions): object => ({
  Node: node,
  Address: '127.0.0.1',
  // its service, where a TCP ping goes else, is removed when both targets are dead for long
  NodeMeta: { ...meta, 'external-probe': 'true', 'external-probe-port': String(port) },
  Service: { ID: SERVICE_ID, Service: service, Tags: ['v1'], Address: '127.0.0.1', Port: port },
  Checks: [
    {
      Node: node,
      CheckID: 'service:web1',
      Name: 'Web HTTP check',
      Status: 'critical',
      ServiceID: SERVICE_ID,
      Definition: { HTTP: `http://127.0.0.1:${port}/health`, Interval: '5s', Timeout: '5s' },
    },
    {
      Node: node,
      CheckID: 'service:web2',
      Name: 'Web TCP check',
      Status: 'critical',
      ServiceID: SERVICE_ID,
      Definition: { TCP: `127.0.0.1:${port}`, Interval: '5s', Timeout: '1s', DeregisterCriticalServiceAfter: '30s' },
    },
  ],
});

/**
 * Registers the example in the daemon's Consul. Rejects with `ESM_CONSUL_UNSUPPORTED` when that cannot be done. Disposing
 * removes the node, and the KV folder that the daemon leaves behind; rejects with `ESM_CONSUL_...` when Consul does not.
 */
export async function registerExample(config: Config, options: ExampleOptions): Promise<Example> {
  const client = await createConsul({ ...consulAccess(config), clock: systemClock, random: systemRandom });
  const must = async (what: string, call: Call): Promise<unknown> => {
    const answer = await client.ask(call, new AbortController().signal); // the client's own deadline holds
    requireOk(what, answer);
    return jsonOf(what, answer);
  };
  const put = (what: string, path: string, body: object): Promise<unknown> =>
    must(what, { method: 'PUT', path, body: JSON.stringify(body) });
  const register = (): Promise<unknown> => put('registering the example', '/v1/catalog/register', exampleNode(options));
  const remove = async (): Promise<void> => {
    await put('removing the example', '/v1/catalog/deregister', { Node: options.node });
    const path = `/v1/kv/${config.kvPath}`;
    await must("removing the daemon's keys", { method: 'DELETE', path, query: [['recurse', '']] });
  };
  try {
    await register();
  } catch (cause) {
    await client.close();
    throw unfit(config, cause);
  }
  return {
    async restore() {
      const path = `/v1/catalog/node/${options.node}`;
      const found = asObject(await must('reading the example', { method: 'GET', path }));
      if (asObject(found?.['Services'])?.[SERVICE_ID] === undefined) await register();
    },
    [Symbol.asyncDispose]: () => remove().finally(() => client.close()),
  };
}

const unfit = ({ httpAddr }: Config, cause: unknown): EsmError => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new EsmError('ESM_CONSUL_UNSUPPORTED', `cannot use the Consul at ${httpAddr}: ${why}`, { cause });
};
