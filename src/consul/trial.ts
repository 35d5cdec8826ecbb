/** Finds out what this server's transactions do to a field of a definition, before a check that matters is sent through one. */
import { isDeepStrictEqual } from 'node:util';
import { checkKey, type CheckRecord } from '../../machines/model.ts';
import { asObject } from './answer.ts';
import type { ConsulClient } from './client.ts';
import { deleteCheck, setCheck } from './operations.ts';
import { sendTransaction } from './transaction.ts';

/**
 * Makes a check with the definition of `check` on the same node and deletes it again, both in one transaction: nobody ever sees
 * it, but the echo tells what would have been stored. Resolves to the fields that were; to none when Consul would not do it
 * (the token may write services only, or the node is gone).
 */
export async function tryFields(
  client: ConsulClient,
  check: CheckRecord,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { partition, node } = check.id;
  const checkId = `consul-esm-trial-${client.random().toString(36).slice(2)}`;
  const id = { partition, namespace: '', node, serviceId: '', checkId };
  const trial = { ...check, id, key: checkKey(id), name: checkId, status: 'critical', output: '', serviceName: '' };
  const answer = await sendTransaction(client, [setCheck(trial), deleteCheck(trial)], signal);
  const echo = answer.type === 'done' ? answer.results[0]?.check : undefined;
  const stored = asObject(echo?.['Definition']) ?? {};
  return fields.filter((field) => isDeepStrictEqual(stored[field], check.definition?.[field]));
}
