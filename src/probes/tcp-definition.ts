/** The TCP check of a catalog definition. */
import type { CatalogDefinition } from '../../machines/model.ts';
import { splitHostPort } from './host-port.ts';
import type { InvalidDefinition, TcpDefinition } from './probe.ts';

/** Reads `TCP`: `host:port`, `[::1]:port`. What is wrong is said in the words of Go's dialer. */
export const parseTcpDefinition = (fields: CatalogDefinition): TcpDefinition | InvalidDefinition => {
  const address = fields['TCP'];
  if (typeof address !== 'string') return { type: 'invalid', reason: `TCP is not a text: ${JSON.stringify(address)}` };
  const split = splitHostPort(address);
  if ('reason' in split) return { type: 'invalid', reason: `dial tcp: ${split.reason}` };
  return { type: 'tcp', address, ...split };
};
