/** Keeps writes from damaging the user's part of a check: chooses the way, compares echoes, repairs. */
import type { CheckId, CheckRecord, CheckStatus, Rejection } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import { damageOf } from './definition.ts';
import { parseCheck } from './parse.ts';
import type { Records } from './records.ts';
import { readRegistered, register } from './register-path.ts';
import type { Shapes } from './shapes.ts';
import type { TransactionResult } from './transaction.ts';

export interface ProtectionDeps {
  readonly client: ConsulClient;
  readonly records: Records;
  readonly shapes: Shapes;
  /** Told of every check that a transaction damaged, with the fields; it is repaired at once. */
  readonly onDamage: (id: CheckId, fields: readonly string[]) => void;
}

export interface Protection {
  mustRegister(check: CheckRecord): boolean;
  /** Writes a check the careful way; resolves to why it did not, or undefined. Rejects with `ESM_CONSUL_*`: try again. */
  write(wish: CheckRecord, signal: AbortSignal): Promise<Rejection | undefined>;
  /** Learns the echoes of what was sent, and repairs what they show to be damaged. */
  compare(sent: readonly CheckRecord[], results: readonly TransactionResult[], signal: AbortSignal): Promise<void>;
}

export function createProtection(deps: ProtectionDeps): Protection {
  const { records, shapes } = deps;
  return {
    mustRegister: ({ definition }) => shapes.mustRegister(definition),
    write: (wish, signal) => writeCarefully(deps, wish, signal),
    async compare(sent, results, signal) {
      const echoes = new Map(
        results.flatMap(({ check }) => parseCheck(check) ?? []).map((echo) => [placeOf(echo), echo]),
      );
      for (const check of sent) {
        const found = echoes.get(placeOf(check));
        if (found === undefined) continue;
        const echo = { ...found, id: check.id, key: check.key };
        records.learn(echo);
        await repair(deps, check, echo, signal);
      }
    },
  };
}

/** One check a node and id: an echo spells namespaces its own way. */
const placeOf = ({ id }: CheckRecord): string => `${id.node}\0${id.checkId}`;

async function writeCarefully(
  { client, records }: ProtectionDeps,
  wish: CheckRecord,
  signal: AbortSignal,
): Promise<Rejection | undefined> {
  const before = await readRegistered(client, wish, signal);
  if (before === undefined) return { reason: 'gone' };
  const { check } = before;
  const isAsWished = check.status === wish.status && check.output === wish.output;
  const isForeign = check.status !== records.get(wish.key)?.status && check.status !== wish.status;
  records.learn(check);
  if (isAsWished) return undefined;
  if (isForeign) return { reason: 'changed', status: statusOf(check.status) };
  return take(records, await register(client, { ...check, status: wish.status, output: wish.output }, before, signal));
}

async function repair(deps: ProtectionDeps, sent: CheckRecord, echo: CheckRecord, signal: AbortSignal): Promise<void> {
  const fields = damageOf(sent, echo);
  if (fields.length === 0) return;
  deps.shapes.markLost(fields);
  deps.onDamage(sent.id, fields);
  const before = await readRegistered(deps.client, sent, signal);
  if (before !== undefined) take(deps.records, await register(deps.client, sent, before, signal));
}

function take(records: Records, result: CheckRecord | Rejection): Rejection | undefined {
  if ('reason' in result) return result;
  records.learn(result);
  return undefined;
}

const statusOf = (status: string): CheckStatus => (status === 'passing' || status === 'warning' ? status : 'critical');
