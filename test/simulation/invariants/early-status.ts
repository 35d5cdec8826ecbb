/** No status changes before its threshold is exceeded. */
import type { CheckStatus } from '../../../machines/model.ts';
import { changesOf, isDone } from '../world/transaction.ts';
import { checkHost } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** From a result to the catalog, in calm. What is owed for longer was decided by results of long ago. */
const WRITING_MS = 1_000;

const RANK: Readonly<Record<CheckStatus, number>> = { passing: 0, warning: 1, critical: 2 };

/** What users invent counts as critical. */
const rankOf = (status: string): number =>
  status === 'passing' || status === 'warning' ? RANK[status] : RANK.critical;

export const earlyStatus = (world: World): Invariant => {
  const { passingThreshold = 0, criticalThreshold = 0 } = world.settings;
  /** Ranks of the checks, by host, when a transaction is asked for. */
  let before = new Map<string, number>();
  /** When each instance last changed the status of a check, by name and host. */
  const changedMs = new Map<string, number>();

  /** Counters begin anew with each change; which results they knew can be told only when that was in calm too. */
  const judge = (from: string, host: string, rank: number, status: string): void => {
    const sinceMs = changedMs.get(`${from} ${host}`) ?? -Infinity;
    if (!world.isCalm || (sinceMs > -Infinity && sinceMs < world.calmFromMs)) return;
    const results = world.targets
      .at(host)
      .resultsOf(from)
      .filter(({ sentAtMs }) => sentAtMs > sinceMs - WRITING_MS)
      .map((result) => RANK[result.status]);
    const worse = results.filter((result) => result > rank).length;
    const better = results.filter((result) => result < rank).length;
    if (worse > criticalThreshold || better > passingThreshold) return;
    throw new Violation(`${from} sets ${host} to ${status} after ${worse} worse and ${better} better results`);
  };

  return {
    sentence: 'No status changes before its threshold is exceeded.',
    beforeWrite(_, request) {
      before = new Map();
      for (const { Check } of changesOf(request)) {
        if (Check === undefined) continue;
        const { Node, CheckID } = Check.Check;
        const stored = world.checksOf(Node).get(CheckID);
        if (stored !== undefined) before.set(checkHost(Node, CheckID), rankOf(stored.Status));
      }
    },
    afterWrite(exchange) {
      if (!isDone(exchange)) return;
      for (const { Check } of changesOf(exchange.request)) {
        if (Check?.Check.Status === undefined || Check.Check.CheckID === 'externalNodeHealth') continue;
        const { Node, CheckID, Status } = Check.Check;
        const host = checkHost(Node, CheckID);
        const rank = before.get(host);
        if (rank === undefined || rank === rankOf(Status)) continue;
        judge(exchange.from, host, rank, Status);
        changedMs.set(`${exchange.from} ${host}`, world.timeline.nowMs);
      }
    },
  };
};
