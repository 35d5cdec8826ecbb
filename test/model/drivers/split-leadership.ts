/** How a fleet falls apart, and that no two ever lead. */
import type { Instance } from '../../simulation/world/instance.ts';
import { splitLeadershipModel } from '../models/split-leadership.ts';
import { cutOff, freeze, putNode, reconnect, setTarget, start, thaw } from './acts.ts';
import { askedMs, leadersOf, ownersOf } from './facts.ts';
import { awaitOrder, followersOf, leaderOf, requireRuns, RUN_MS, TAKE_OVER_MS } from './fleet.ts';
import type { Scenario } from './scenario.ts';

const NODES = ['db', 'web', 'mail'];

/** What a session is trusted for after its last renewal, and a renewal that was under way. */
const TRUST_MS = 6_000;

/** From a result to the report of it. */
const SENT_MS = 100;

export const splitLeadership: Scenario<typeof splitLeadershipModel> = {
  promise: 'no two lead, and one does who can',
  chart: splitLeadershipModel,
  setting: { instances: 2 },
  open(stage) {
    const { fleet, timeline } = stage.world;
    for (const node of NODES) putNode(stage, node);
    for (const instance of fleet) start(stage, instance);

    const isAble = ({ life }: Instance): boolean => life?.link.weather === 'clear' && !life.process.isPaused;
    const requireProbing = (instance: Instance): void => {
      const { nowMs } = timeline;
      stage.pass(RUN_MS);
      if (!NODES.some((node) => askedMs(stage, instance, node, 'http') > nowMs))
        throw new Error(`${instance.name} has stopped probing what it had`);
    };
    /** The only one who can leads, and nobody else thinks so meanwhile. */
    const ledByTheOther = (): void => {
      stage.keep('no two lead', TAKE_OVER_MS, () => leadersOf(stage).length <= 1);
      awaitOrder(stage, 0, fleet.filter(isAble));
      for (const instance of fleet) if (instance.life?.link.weather === 'hole') requireProbing(instance);
    };
    const unled = (): void => {
      stage.await('nobody leads', TRUST_MS, () => leadersOf(stage).length === 0);
      stage.keep('nobody leads', TAKE_OVER_MS, () => leadersOf(stage).length === 0);
    };
    const thawAll = (): void => {
      for (const instance of fleet) if (instance.life?.process.isPaused === true) thaw(stage, instance);
    };

    return {
      states: {
        together() {
          awaitOrder(stage, TAKE_OVER_MS);
          requireRuns(stage);
        },
        leaderAway: ledByTheOther,
        followerAway: ledByTheOther,
        reportAway: ledByTheOther,
        leaderFrozen: ledByTheOther,
        allAway() {
          unled();
          for (const instance of fleet) requireProbing(instance);
        },
        noneAble: unled,
      },
      events: {
        'leader.cutOff': () => {
          cutOff(stage, leaderOf(stage));
        },
        'follower.cutOff': () => {
          for (const instance of followersOf(stage)) cutOff(stage, instance);
        },
        'report.stuck'() {
          const follower = followersOf(stage)[0]!;
          const node = NODES.find((name) => ownersOf(stage, name).includes(follower.serviceId))!;
          const { nowMs } = timeline;
          cutOff(stage, follower);
          setTarget(stage, node, 'critical');
          stage.await('the failure is seen', RUN_MS, () => askedMs(stage, follower, node, 'http') >= nowMs);
          stage.pass(SENT_MS);
          setTarget(stage, node, 'passing');
        },
        'leader.frozen': () => {
          freeze(stage, leaderOf(stage));
        },
        'leader.thawed': thawAll,
        'network.healed': () => {
          for (const instance of fleet) if (instance.life?.link.weather === 'hole') reconnect(stage, instance);
        },
      },
    };
  },
};
