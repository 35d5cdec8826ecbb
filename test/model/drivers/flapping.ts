/** How a target is made to flap, one result at a time. */
import type { CheckStatus } from '../../../machines/model.ts';
import { flappingModel } from '../models/flapping.ts';
import { editCheck, putNode, setTarget, start } from './acts.ts';
import { askedMs, statusOf } from './facts.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'db';

/** Longer than the check's interval. */
const RUN_MS = 3_500;

/** From a question to the catalog, and well before the next question. */
const WRITTEN_MS = 200;

export const flapping: Scenario<typeof flappingModel> = {
  promise: 'thresholds lean against a flapping target, whatever it does',
  chart: flappingModel,
  setting: { instances: 1, settings: { passingThreshold: 1, criticalThreshold: 2 } },
  open(stage) {
    const daemon = stage.world.fleet[0]!;
    let edits = 0;
    putNode(stage, NODE);
    start(stage, daemon);
    stage.await('the target counts as well', 15_000, () => statusOf(stage, NODE, 'http') === 'passing');

    const yields = (status: CheckStatus) => (): void => {
      setTarget(stage, NODE, status);
      const { nowMs } = stage.world.timeline;
      stage.await('the check is run', RUN_MS, () => askedMs(stage, daemon, NODE, 'http') >= nowMs);
      stage.pass(WRITTEN_MS);
    };
    const requireStatus = (status: CheckStatus) => (): void => {
      const found = statusOf(stage, NODE, 'http');
      if (found !== status) throw new Error(`the catalog says ${found}, not ${status}`);
    };

    return {
      states: {
        passing: requireStatus('passing'),
        warning: requireStatus('warning'),
        critical: requireStatus('critical'),
      },
      events: {
        'result.passing': yields('passing'),
        'result.warning': yields('warning'),
        'result.critical': yields('critical'),
        'check.edited'() {
          edits += 1;
          editCheck(stage, NODE, { notes: `edit ${edits}`, timeoutMs: 1_000 + edits });
          stage.pass(WRITTEN_MS);
        },
      },
    };
  },
};
