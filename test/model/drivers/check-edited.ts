/** How a failing check is edited, and what is kept of both: the user's words and the daemon's clock. */
import { sinceMs } from '../../simulation/world/kv.ts';
import { checkEditedModel } from '../models/check-edited.ts';
import { editCheck, editStatus, putNode, setTarget, start } from './acts.ts';
import { askedMs, isInKv, statusOf } from './facts.ts';
import { RUN_MS } from './fleet.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'db';
const CLOCK = `critical/${NODE}/web/http`;
const [DEADLINE_MS, SHORT_MS] = [59_000, 40_000];

/** Due, and a second. */
const REMOVED_MS = 1_000;

/** A user's edit, two runs, and the way to the catalog. */
const WRITTEN_MS = 2 * RUN_MS;

export const checkEdited: Scenario<typeof checkEditedModel> = {
  promise: 'an edit is kept, and moves a deadline only if it says so',
  chart: checkEditedModel,
  setting: { instances: 1 },
  open(stage) {
    const { fleet, server, timeline, users } = stage.world;
    const daemon = fleet[0]!;
    let edits = 0;
    /** Since when it is critical, as KV told first; undefined: not told yet. */
    let criticalMs: number | undefined;
    let deadlineMs: number | undefined = DEADLINE_MS;
    putNode(stage, NODE, { deregisterAfterMs: DEADLINE_MS });
    start(stage, daemon);

    const clockMs = (): number | undefined => sinceMs(server, CLOCK, 0);
    const awaitStatus = (status: string): void => {
      stage.await(`the catalog says ${status}`, WRITTEN_MS, () => statusOf(stage, NODE, 'http') === status);
    };
    const requireRun = (): void => {
      const { nowMs } = timeline;
      stage.await('the check is run', RUN_MS, () => askedMs(stage, daemon, NODE, 'http') > nowMs);
    };
    const edit = (change: Parameters<typeof editCheck>[2]): void => {
      editCheck(stage, NODE, change);
      requireRun();
    };
    const setDeadline = (nextMs: number | undefined): void => {
      deadlineMs = nextMs;
      edit({ deregisterAfterMs: nextMs });
    };
    /** Critical for as long as it has been, whatever was edited. */
    const critical = (): void => {
      requireRun();
      awaitStatus('critical');
      criticalMs ??= clockMs();
      if (clockMs() !== criticalMs) throw new Error(`the clock was ${criticalMs} and is ${clockMs()}`);
    };

    return {
      states: {
        passing() {
          requireRun();
          awaitStatus('passing');
          if (isInKv(stage, CLOCK)) throw new Error('a clock runs for a check that passes');
          criticalMs = undefined;
        },
        critical,
        hurried: critical,
        endless() {
          requireRun();
          awaitStatus('critical');
        },
        removed() {
          stage.await('the service is removed', REMOVED_MS, () => users.nodes.get(NODE)?.services.size === 0);
          stage.await('its clock is gone', 0, () => !isInKv(stage, CLOCK));
          const before = askedMs(stage, daemon, NODE, 'http');
          stage.keep('it is left in peace', RUN_MS, () => askedMs(stage, daemon, NODE, 'http') === before);
          criticalMs = undefined;
        },
      },
      events: {
        'target.failed': () => {
          setTarget(stage, NODE, 'critical');
        },
        'target.recovered': () => {
          setTarget(stage, NODE, 'passing');
        },
        'notes.edited'() {
          edits += 1;
          edit({ notes: `edit ${edits}`, name: `name ${edits}` });
        },
        'kind.edited': () => {
          edit({ kind: users.nodes.get(NODE)?.checks.get('http')?.kind === 'HTTP' ? 'TCP' : 'HTTP' });
        },
        'status.setPassing'() {
          editStatus(stage, NODE, 'passing');
          criticalMs = undefined; // the next failure is another one
        },
        'status.setCritical': () => {
          editStatus(stage, NODE, 'critical');
        },
        'deadline.shortened': () => {
          setDeadline(SHORT_MS);
        },
        'deadline.dropped': () => {
          setDeadline(undefined);
        },
        'deadline.restored': () => {
          setDeadline(DEADLINE_MS);
        },
        'deadline.passed'() {
          const dueMs = deadlineMs === undefined ? timeline.nowMs + DEADLINE_MS : (clockMs() ?? 0) + deadlineMs;
          stage.keep(
            'the service is there until then',
            dueMs - timeline.nowMs - 100,
            () => statusOf(stage, NODE, 'http') === 'critical',
          );
          stage.pass(100);
          stage.tell('its time is up');
        },
        'service.registered'() {
          deadlineMs = DEADLINE_MS;
          editCheck(stage, NODE, { deregisterAfterMs: DEADLINE_MS });
        },
      },
    };
  },
};
