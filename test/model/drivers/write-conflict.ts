/** How a write meets an edit, a removal, a lost answer. */
import type { Health } from '../../simulation/world/targets.ts';
import { changesOf } from '../../simulation/world/transaction.ts';
import { writeConflictModel } from '../models/write-conflict.ts';
import { dropCheck, dropNode, editCheck, editStatus, overload, putNode, relieve, setTarget, start } from './acts.ts';
import { statusOf } from './facts.ts';
import { RUN_MS } from './fleet.ts';
import type { Deed, Scenario } from './scenario.ts';

const NODE = 'db';

/** Longer than the longest pause between two tries. */
const SETTLED_MS = 15_000;

export const writeConflict: Scenario<typeof writeConflictModel> = {
  promise: 'a write that meets another is settled, and brings nothing back',
  chart: writeConflictModel,
  setting: { instances: 1 },
  open(stage) {
    const { fleet, server } = stage.world;
    const daemon = fleet[0]!;
    let edits = 0;
    /** What is done as the next write of the check arrives, and once it is done. */
    let [before, after]: [Deed | undefined, Deed | undefined] = [undefined, undefined];
    server.observe({
      beforeWrite(_, request) {
        if (!changesOf(request).some(({ Check }) => Check?.Check.CheckID === 'http')) return;
        const deed = before;
        before = undefined;
        deed?.();
      },
      afterWrite({ request }) {
        if (!changesOf(request).some(({ Check }) => Check?.Check.CheckID === 'http')) return;
        const deed = after;
        after = undefined;
        deed?.();
      },
    });
    putNode(stage, NODE);
    start(stage, daemon);

    let health: Health = 'passing';
    const turnTarget = (): void => {
      health = health === 'passing' ? 'critical' : 'passing';
      setTarget(stage, NODE, health);
    };
    /** The target turns, and the write that tells it meets the deed. */
    const turn = (): void => {
      turnTarget();
      stage.await('the write meets it', RUN_MS, () => before === undefined && after === undefined);
    };
    const meeting = (deed: Deed) => (): void => {
      before = deed;
      turn();
    };
    const settled = (status: string) => (): void => {
      const isSo = (): boolean => statusOf(stage, NODE, 'http') === status;
      stage.await(`the catalog says ${status}`, SETTLED_MS, isSo);
      stage.keep('it stays so', SETTLED_MS, isSo);
      if (daemon.owed > 0) throw new Error('a write is left without an answer');
      if (edits > 0 && stage.world.checksOf(NODE).get('http')?.Notes !== `edit ${edits}`)
        throw new Error("the user's words are lost");
    };

    return {
      states: {
        passing: settled('passing'),
        critical: settled('critical'),
        gone() {
          stage.keep('it does not come back', SETTLED_MS, () => statusOf(stage, NODE, 'http') === undefined);
          if (daemon.owed > 0) throw new Error('a write is left without an answer');
        },
      },
      events: {
        'status.metNotes': meeting(() => {
          edits += 1;
          editCheck(stage, NODE, { notes: `edit ${edits}` });
        }),
        'status.metStatus': meeting(() => {
          editStatus(stage, NODE, 'warning');
        }),
        'status.metReplacement': meeting(() => {
          edits = 0;
          dropNode(stage, NODE);
          putNode(stage, NODE);
        }),
        'status.metRemoval': meeting(() => {
          dropCheck(stage, NODE);
        }),
        'status.metSilence'() {
          after = () => {
            stage.tell('all connections break before the answer is there');
            daemon.life?.link.reset();
          };
          turn();
        },
        'status.metRefusal'() {
          overload(stage);
          turnTarget();
          stage.pass(RUN_MS);
          relieve(stage);
        },
        'check.registered'() {
          edits = 0;
          health = 'passing';
          setTarget(stage, NODE, health);
          editCheck(stage, NODE, {});
        },
      },
    };
  },
};
