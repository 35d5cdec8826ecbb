/** How the outage of Consul is brought about, and what a daemon does in it. */
import { outageModel } from '../models/outage.ts';
import { kill, putNode, setTarget, start, startConsul, stopConsul } from './acts.ts';
import { askedMs, isConsulReachable, statusOf, timesLogged } from './facts.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'db';

/** Two runs of the check, and the way to the catalog. */
const SEEN_MS = 8_000;

/** Once Consul answers: the way back of watches, and one run. */
const BACK_MS = 15_000;

export const outage: Scenario<typeof outageModel> = {
  promise: 'a status that Consul could not take is owed, and written when it is back',
  chart: outageModel,
  setting: { instances: 1 },
  open(stage) {
    const daemon = stage.world.fleet[0]!;
    let [lost, returned, isNew] = [0, 0, false];
    putNode(stage, NODE);
    start(stage, daemon);
    stage.await('the first result is in the catalog', BACK_MS, () => statusOf(stage, NODE, 'http') === 'passing');

    const asked = (): number => askedMs(stage, daemon, NODE, 'http');
    const awaitRuns = (): void => {
      const { nowMs } = stage.world.timeline;
      stage.await('the check is run', SEEN_MS, () => asked() >= nowMs);
      stage.pass(100);
    };
    const requireNews = (): void => {
      const found = ['Lost Consul', 'Consul is back'].map((text) => timesLogged(stage, daemon, text)).join();
      if (found !== `${lost},${returned}`)
        throw new Error(`${lost} losses and ${returned} returns are told as ${found}`);
    };
    /** Consul answers, and the catalog says so and goes on saying it. */
    const settled = (status: string) => (): void => {
      stage.await(`the catalog says ${status}`, BACK_MS, () => statusOf(stage, NODE, 'http') === status);
      stage.await('Consul counts as reachable', BACK_MS, () => isConsulReachable(daemon));
      stage.keep('it stays so', SEEN_MS, () => statusOf(stage, NODE, 'http') === status);
      requireNews();
    };
    /** Consul does not answer: the target is asked as ever, and the catalog says what it said. */
    const apart = (catalog: string) => (): void => {
      stage.await('Consul counts as unreachable', SEEN_MS, () => !isConsulReachable(daemon));
      awaitRuns();
      requireNews();
      if (statusOf(stage, NODE, 'http') !== catalog) throw new Error('the catalog has changed without Consul');
    };
    const blind = (): void => {
      const before = asked();
      stage.keep('nothing is asked that nobody knows of', SEEN_MS, () => asked() === before);
    };

    return {
      states: {
        passing: settled('passing'),
        critical: settled('critical'),
        apart: apart('passing'),
        owingCritical: apart('passing'),
        apartFailing: apart('critical'),
        owingPassing: apart('critical'),
        blind,
        blindToFailure: blind,
      },
      events: {
        'consul.wentDown'() {
          lost += 1;
          stopConsul(stage);
        },
        'consul.returned'() {
          if (!isNew) returned += 1;
          isNew = false;
          startConsul(stage);
        },
        'consul.blinked'() {
          lost += 1;
          returned += 1;
          stopConsul(stage);
          startConsul(stage);
        },
        'target.failed': () => {
          setTarget(stage, NODE, 'critical');
        },
        'target.recovered': () => {
          setTarget(stage, NODE, 'passing');
        },
        'daemon.died'() {
          isNew = true; // it has not lost what it never had
          kill(stage, daemon);
          start(stage, daemon);
        },
      },
    };
  },
};
