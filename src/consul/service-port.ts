/** The port that a ping of `ping_type = "tcp"` connects to. */
import { asIndex, asObject, jsonOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import { requireOk } from './errors.ts';

/** The port of the node's first service, by id, that has one; undefined when none has. */
export async function readServicePort(
  client: ConsulClient,
  node: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const what = `reading node '${node}'`;
  const answer = await client.ask({ method: 'GET', path: `/v1/catalog/node/${encodeURIComponent(node)}` }, signal);
  requireOk(what, answer);
  const services = asObject(asObject(jsonOf(what, answer))?.['Services']) ?? {};
  const ports = Object.keys(services)
    .sort()
    .map((id) => asIndex(asObject(services[id])?.['Port']));
  return ports.find((port) => port > 0 && port < 65_536);
}
