/** Keeps writes from damaging the user's part of a check: chooses the way, compares echoes, repairs. */
import type { CheckId, CheckKey, CheckRecord, CheckStatus, Rejection } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import { damageOf } from './definition.ts';
import { isFinal } from './errors.ts';
import type { Forbidden } from './groups.ts';
import { parseCheck } from './parse.ts';
import type { Records } from './records.ts';
import { readRegistered, register } from './register-path.ts';
import type { Shapes } from './shapes.ts';
import { sharing } from './sharing.ts';
import type { TransactionResult } from './transaction.ts';
import { tryFields } from './trial.ts';

export interface ProtectionDeps {
  readonly client: ConsulClient;
  readonly records: Records;
  readonly shapes: Shapes;
  /** Told of every check that a transaction damaged, with the fields; it is repaired at once. */
  readonly onDamage: (id: CheckId, fields: readonly string[]) => void;
}

export interface Protection {
  mustRegister(check: CheckRecord): boolean;
  /** Learns, once for every field, whether transactions keep what these checks need kept. Rejects with `ESM_CONSUL_*`. */
  explore(checks: readonly CheckRecord[], signal: AbortSignal): Promise<void>;
  /** Writes a check the careful way; resolves to why it did not, or undefined. Rejects with `ESM_CONSUL_*`: try again. */
  write(wish: CheckRecord, signal: AbortSignal): Promise<Rejection | Forbidden | undefined>;
  /** Learns the echoes of what was sent, and remembers what they show to be damaged. */
  compare(sent: readonly CheckRecord[], results: readonly TransactionResult[]): void;
  /** Repairs what is damaged. What could not be repaired now stays remembered. Rejects with `ESM_CONSUL_*`. */
  heal(signal: AbortSignal): Promise<void>;
}

export function createProtection(deps: ProtectionDeps): Protection {
  const { client, records, shapes, onDamage } = deps;
  const wounded = new Map<CheckKey, CheckRecord>();
  return {
    mustRegister: ({ definition }) => shapes.mustRegister(definition),
    async explore(checks, signal) {
      for (const check of checks) {
        const fields = shapes.askAbout(check.definition);
        if (fields.length > 0) shapes.markKept(await tryFields(client, check, fields, signal).catch(nothingIfRefused));
      }
    },
    write: (wish, signal) => writeCarefully(deps, wish, signal),
    compare(sent, results) {
      const echoes = new Map(
        results.flatMap(({ check }) => parseCheck(check) ?? []).map((echo) => [placeOf(echo), echo]),
      );
      for (const check of sent) {
        const found = echoes.get(placeOf(check));
        if (found === undefined) continue;
        const echo = sharing(check, { ...found, key: check.key });
        records.learn(echo);
        const fields = damageOf(check, echo);
        if (fields.length === 0) continue;
        shapes.markLost(fields);
        onDamage(check.id, fields);
        wounded.set(check.key, check);
      }
    },
    async heal(signal) {
      for (const [key, whole] of wounded) {
        await repair(deps, whole, signal).catch(nothingIfRefused);
        wounded.delete(key);
      }
    },
  };
}

/** A request that Consul will never take must not hold up the writes behind it. */
function nothingIfRefused(error: unknown): readonly never[] {
  if (isFinal(error)) return [];
  throw error;
}

/** One check a node and id: an echo spells namespaces its own way. */
const placeOf = ({ id }: CheckRecord): string => `${id.node}\0${id.checkId}`;

async function writeCarefully(
  { client, records }: ProtectionDeps,
  wish: CheckRecord,
  signal: AbortSignal,
): Promise<Rejection | Forbidden | undefined> {
  const before = await readRegistered(client, wish, signal);
  if (before === undefined) return { reason: 'gone' };
  const { check } = before;
  const isAsWished = check.status === wish.status && check.output === wish.output;
  const isForeign = check.status !== records.get(wish.key)?.status && check.status !== wish.status;
  records.learn(check);
  if (isAsWished) return undefined;
  if (isForeign) return { reason: 'changed', status: statusOf(check.status) };
  try {
    return take(
      records,
      await register(client, { ...check, status: wish.status, output: wish.output }, before, signal),
    );
  } catch (error) {
    if (!isFinal(error)) throw error;
    return { reason: error.code === 'ESM_CONSUL_FORBIDDEN' ? 'forbidden' : 'refused', detail: error.message };
  }
}

async function repair({ client, records }: ProtectionDeps, whole: CheckRecord, signal: AbortSignal): Promise<void> {
  const before = await readRegistered(client, whole, signal);
  if (before === undefined) return;
  const { status, output } = before.check; // they may be another instance's by now: only the definition is put back
  take(records, await register(client, { ...whole, status, output }, before, signal));
}

function take(records: Records, result: CheckRecord | Rejection): Rejection | undefined {
  if ('reason' in result) return result;
  records.learn(result);
  return undefined;
}

const statusOf = (status: string): CheckStatus => (status === 'passing' || status === 'warning' ? status : 'critical');
