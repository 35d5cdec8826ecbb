/** At most one leader acts, and no write of lists is made by one who is not. */
import { lockHolder } from '../world/kv.ts';
import { changesLists, isDone } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

export const oneLeader = (world: World): Invariant => {
  const sessions = new Map<string, string>();
  let holder: string | undefined;
  return {
    sentence: 'At most one leader acts, and only the one who holds the lock writes lists.',
    beforeWrite(_, request) {
      if (changesLists(request)) holder = lockHolder(world.server);
    },
    afterWrite(exchange) {
      const { from, request, reply } = exchange;
      if (request.path === '/v1/session/create' && reply.body.type === 'json') {
        const { ID } = reply.body.value as { readonly ID: string }; // safe: what the endpoint answers
        sessions.set(ID, from);
      }
      if (!changesLists(request) || !isDone(exchange)) return;
      const leader = sessions.get(holder ?? '');
      if (leader !== from) throw new Violation(`${from} writes lists while the lock is held by ${leader ?? 'nobody'}`);
    },
    inspect() {
      if (!world.isCalm) return;
      const leaders = world.running.filter(({ isLeader }) => isLeader).map(({ name }) => name);
      if (leaders.length !== 1) throw new Violation(`in calm the leaders are: ${leaders.join(', ') || 'none'}`);
    },
  };
};
