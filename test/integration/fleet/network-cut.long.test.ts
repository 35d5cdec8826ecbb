/**
 * A link is cut and healed: of an instance, or of the Consul server of one. The nodes of the instance that is cut off are
 * probed by others within bounds, at no time do two act as leader, and the catalog is told nothing that is not true.
 */
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { startCutFleet, type CutFleet } from '../../support/cut-fleet.ts';
import { eventually } from '../../support/eventually.ts';
import { followLock, type LockHistory } from '../../support/lock-history.ts';
import { inNamespace } from '../../support/namespace.ts';
import { pathOf } from '../../support/probed-nodes.ts';
import { untilLeader, untilShared, type Lists } from '../../support/shares.ts';
import { followStatuses, type StatusChange, type StatusHistory } from '../../support/status-history.ts';

const INTERVAL_S = 2;

/** What section 6 of the contract allows, and one interval. */
const TAKE_OVER_MS = 25_000 + INTERVAL_S * 1_000;

/** Whoever waits for an answer that was lost has to give it up first, and Consul's leader to dial anew the server it lost. */
const RETURN_MS = 90_000;

/** So long only one instance must have probed a node, for it to be the only one. */
const ALONE_MS = 3 * INTERVAL_S * 1_000;

/** The place of an instance or of a Consul server, from 0. */
type Choice = (leads: { readonly instance: number; readonly server: number }) => number;

const CASES: readonly { readonly whom: string; readonly link: 'c' | 'd'; readonly choose: Choice }[] = [
  { whom: 'an instance that follows', link: 'd', choose: ({ instance }) => otherThan(instance) },
  { whom: 'the instance that leads', link: 'd', choose: ({ instance }) => instance },
  { whom: 'a Consul server that follows', link: 'c', choose: ({ server }) => otherThan(server) },
  { whom: 'the Consul server of the instance that leads', link: 'c', choose: ({ instance }) => instance },
  { whom: 'the Consul server that leads', link: 'c', choose: ({ server }) => server },
];

const otherThan = (place: number): number => (place + 1) % 3;

inNamespace(
  import.meta.url,
  () => {
    let scene: CutFleet;
    let statuses: StatusHistory;
    let lock: LockHistory;
    /** A server whose link is whole. */
    let witness = 0;
    const fleet = () => scene.seenFrom(witness);

    beforeAll(async () => {
      scene = await startCutFleet(INTERVAL_S);
      statuses = followStatuses(fleet);
      await untilSettled();
      lock = followLock(fleet);
    });

    afterAll(async () => {
      await statuses[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
      await scene[Symbol.asyncDispose]();
    });

    test.each(CASES)('$whom is cut off, and comes back', async ({ whom, link, choose }) => {
      onTestFailed(() => {
        console.log(scene.logs());
      });
      const instance = scene.ids.indexOf(await untilLeader(fleet()));
      const server = await scene.cluster.untilLed();
      const place = choose({ instance, server });
      const id = `d${place + 1}`;
      witness = otherThan(place);
      await scene.cluster.untilWhole(RETURN_MS);
      const told = statuses.changes().length;
      const orphans = (await untilSettled()).get(id)?.nodes ?? [];

      const cutMs = performance.now();
      await scene.network.cut(`${link}${place + 1}`);
      try {
        await untilProbedByOthers(orphans, id, cutMs);
        console.log(`${whom}: probed by others after ${Math.round(performance.now() - cutMs)} ms`);
        await untilShared(fleet(), otherIds(id), scene.nodes.length);
      } finally {
        await scene.network.heal(`${link}${place + 1}`);
      }
      const healMs = performance.now();
      await untilSettled();
      console.log(`${whom}: settled again after ${Math.round(performance.now() - healMs)} ms`);

      expect(orphans.length).toBeGreaterThan(0);
      expect(scene.terms.overlaps()).toEqual([]);
      // What it saw of nodes that it had again when it told is no lie: its link was cut, and it sees better soon.
      const isOwnView = ({ node, to, index }: StatusChange): boolean =>
        to === 'critical' && lock.isOwner(id, node, index);
      const changes = statuses.changes().slice(told);
      expect(changes.filter((change) => change.to !== 'passing' && !isOwnView(change))).toEqual([]);
      expect(lock.unlocked()).toEqual([]);
    });

    const otherIds = (id: string): string[] => scene.ids.filter((other) => other !== id);

    const untilProbedByOthers = (nodes: readonly string[], id: string, sinceMs: number): Promise<unknown> =>
      eventually(
        `${nodes.join(', ')} probed by others than ${id}`,
        () => nodes.every((node) => [...probersOf(node, sinceMs)].some((from) => from !== addressOf(id))),
        { deadlineMs: TAKE_OVER_MS },
      );

    /** The nodes are shared out evenly among all, and probed by those who have them and nobody else. */
    const untilSettled = (): Promise<Lists> =>
      eventually(
        'every node well, and probed by its one owner alone',
        async () => {
          const lists = await untilShared(fleet(), scene.ids, scene.nodes.length, RETURN_MS);
          const isProbed = [...lists].every(([id, { nodes }]) => nodes.every((node) => isProbedBy(node, id)));
          return isProbed && statuses.ailing().length === 0 && lists;
        },
        { deadlineMs: RETURN_MS },
      );

    const isProbedBy = (node: string, id: string): boolean => {
      const probers = probersOf(node, performance.now() - ALONE_MS);
      return probers.size === 1 && probers.has(addressOf(id));
    };

    const addressOf = (id: string): string => scene.network.host(id).address;

    const probersOf = (node: string, sinceMs: number): Set<string> =>
      new Set(scene.web.visits(pathOf(node)).flatMap(({ atMs, from }) => (atMs > sinceMs ? [from] : [])));
  },
  { patienceMs: 500_000 },
);
