/** How a node dies and returns, and when it is removed. */
import { sinceMs } from '../../simulation/world/kv.ts';
import { nodeAwayModel } from '../models/node-away.ts';
import { dropNode, putNode, setNode, start, startConsul, stopConsul, terminate } from './acts.ts';
import { isInCatalog, isInKv, nodeStatusOf, pingedMs, statusOf } from './facts.ts';
import { awaitOrder, TAKE_OVER_MS } from './fleet.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'db';
const PING_MS = 4_000;
const RECONNECT_MS = 300_000;

/** Due, a second, and the ping that confirms it. */
const REMOVED_MS = 1_100;

export const nodeAway: Scenario<typeof nodeAwayModel> = {
  promise: 'a node is removed when its time is up, and not before',
  chart: nodeAwayModel,
  setting: {
    instances: 1,
    settings: { nodeProbeIntervalMs: PING_MS, nodeReconnectTimeoutMs: RECONNECT_MS },
  },
  open(stage) {
    const { server, timeline, fleet } = stage.world;
    const daemon = fleet[0]!;
    let [isUp, isApart, diedMs] = [true, false, 0];
    putNode(stage, NODE);
    start(stage, daemon);
    awaitOrder(stage, TAKE_OVER_MS);

    const failsSinceMs = (): number | undefined =>
      sinceMs(server, `probes/${NODE}`, stage.world.createIndexOf(NODE) ?? Infinity);
    const requirePings = (): void => {
      const { nowMs } = timeline;
      stage.await('the node is pinged', 2 * PING_MS, () => pingedMs(stage, daemon, NODE) > nowMs);
    };
    /** The catalog holds what it held. */
    const apart = (): void => {
      requirePings();
      if (nodeStatusOf(stage, NODE) !== 'critical') throw new Error('the catalog has changed without Consul');
    };

    return {
      states: {
        alive() {
          stage.await('the node is passing', TAKE_OVER_MS, () => nodeStatusOf(stage, NODE) === 'passing');
          stage.await('KV forgets its failure', 0, () => !isInKv(stage, `probes/${NODE}`));
          requirePings();
          stage.await('its check is run', TAKE_OVER_MS, () => statusOf(stage, NODE, 'http') === 'passing');
        },
        suspect() {
          stage.await('the node is critical', TAKE_OVER_MS, () => nodeStatusOf(stage, NODE) === 'critical');
          const lateMs = (failsSinceMs() ?? Infinity) - diedMs;
          if (lateMs < 0 || lateMs > 2 * PING_MS) throw new Error(`KV tells a failure ${lateMs} ms after the death`);
          requirePings();
        },
        suspectApart: apart,
        overdueApart: apart,
        backApart: apart,
        reaped() {
          stage.await('the node is removed', isApart ? TAKE_OVER_MS : REMOVED_MS, () => !isInCatalog(stage, NODE));
          if (isInKv(stage, `probes/${NODE}`)) throw new Error('its time is left in KV');
          const before = pingedMs(stage, daemon, NODE);
          stage.keep('it is left in peace', TAKE_OVER_MS, () => pingedMs(stage, daemon, NODE) === before);
        },
      },
      events: {
        'node.died'() {
          diedMs = timeline.nowMs;
          isUp = false;
          setNode(stage, NODE, isUp);
        },
        'node.returned'() {
          isUp = true;
          setNode(stage, NODE, isUp);
        },
        'node.registered'() {
          setNode(stage, NODE, true);
          putNode(stage, NODE);
        },
        'node.replaced'() {
          diedMs = timeline.nowMs;
          dropNode(stage, NODE);
          putNode(stage, NODE);
        },
        'time.ran'() {
          const dueMs = (failsSinceMs() ?? 0) + RECONNECT_MS;
          stage.keep('the node is not removed before its time', dueMs - timeline.nowMs - 100, () =>
            isInCatalog(stage, NODE),
          );
          stage.pass(100);
          stage.tell('its time is up');
        },
        'consul.wentDown'() {
          isApart = true;
          stopConsul(stage);
        },
        'consul.returned'() {
          startConsul(stage);
          isApart = false;
        },
        'daemon.restarted'() {
          terminate(stage, daemon);
          stage.await('it ends', 6_000, () => daemon.life === undefined);
          start(stage, daemon);
          awaitOrder(stage, TAKE_OVER_MS);
        },
      },
    };
  },
};
