/**
 * One check of an external node.
 *
 * Decides when a result changes the check's status, when it must be written, and when a service has been critical for
 * so long that it is removed. A status is believed when Consul has committed it, not before.
 * Started by the node chart, one child per check; tells nothing to its parent: reports go to the writer through `submit`.
 */
import { assertEvent, assign, setup } from 'xstate';
import type { CheckKey, CheckStatus, Write, WriteAnswer } from './model.ts';
import {
  believed,
  counted,
  dismissed,
  overruled,
  plannedRemoval,
  removalWrite,
  reportedAnew,
  reportedResult,
  reportWrite,
} from './rules/bookkeeping.ts';
import { deadlineMs, isClockContested, isClockLate, lacksDeadline } from './rules/deadline.ts';
import {
  findReport,
  openLedger,
  outputWaitMs,
  turns,
  writtenOutput,
  type CheckEntry,
  type CheckSettings,
  type Ledger,
} from './rules/ledger.ts';
import type { Tag } from './rules/uneventful.ts';

export interface CheckProbed {
  readonly type: 'check.probed';
  readonly run: number;
  readonly status: CheckStatus;
  readonly output: string;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/** Every event bears its time, `atMs`; the chart reads no clock. */
export type CheckEvent =
  | { readonly type: 'check.due'; readonly atMs: number }
  | CheckProbed
  /** Its definition changed: a run under way tells of the old one. */
  | { readonly type: 'check.updated'; readonly deregisterAfterMs: number | undefined; readonly atMs: number }
  /** Somebody else changed the check in the catalog. */
  | { readonly type: 'check.changed'; readonly status: CheckStatus; readonly output: string; readonly atMs: number }
  | { readonly type: 'settings.changed'; readonly settings: CheckSettings; readonly atMs: number }
  | WriteAnswer;

/** Effects that src/actors/check.ts hands in as actions. */
export interface CheckPorts {
  /** Runs the check's probe; its result comes back as `check.probed` with the same run. */
  readonly probe: { readonly run: number };
  /** Makes the check due now instead of at its next tick. */
  readonly probeNow: undefined;
  /** Hands a write to the writer; its answer comes back as an event. */
  readonly submit: Write;
  /** Takes a write that still waits back from the writer. */
  readonly withdraw: { readonly subject: CheckKey };
}

const isResult = (ledger: Ledger, event: CheckEvent): event is CheckProbed =>
  event.type === 'check.probed' && event.run === ledger.run;

const isNews = (ledger: Ledger, event: CheckEvent): boolean =>
  isResult(ledger, event) && (turns(ledger, event) || lacksDeadline(ledger, event));

/** The report that the event answers. */
const answered = (ledger: Ledger, event: CheckEvent) =>
  'writeId' in event ? findReport(ledger, event.writeId) : undefined;

export const checkMachine = setup({
  types: {
    input: {} as CheckEntry,
    context: {} as Ledger,
    events: {} as CheckEvent,
    tags: {} as Tag,
  },
  actions: {
    probe: (_, _params: CheckPorts['probe']) => undefined,
    probeNow: () => undefined,
    submit: (_, _params: CheckPorts['submit']) => undefined,
    withdraw: (_, _params: CheckPorts['withdraw']) => undefined,
    startRun: assign({ run: ({ context }) => context.run + 1 }),
    countResult: assign(({ context, event }) => {
      assertEvent(event, 'check.probed');
      return counted(context, event);
    }),
    oweResult: assign(({ context, event }) => {
      assertEvent(event, 'check.probed');
      return reportedResult(context, event);
    }),
    oweAnew: assign(({ context }) => reportedAnew(context)),
    believe: assign(({ context, event }) => {
      assertEvent(event, 'status.committed');
      return believed(context, event.writeId, event.atMs);
    }),
    dismiss: assign(({ context, event }) => {
      assertEvent(event, ['status.rejected', 'status.superseded']);
      return dismissed(context, event.writeId);
    }),
    adoptStatus: assign(({ event }) => {
      assertEvent(event, 'check.changed');
      return { output: event.output, ...overruled(event.status) };
    }),
    adoptRejection: assign(({ event }) => {
      assertEvent(event, 'status.rejected');
      return event.rejection.reason === 'changed' ? overruled(event.rejection.status) : {};
    }),
    adoptOutput: assign(({ event }) => {
      assertEvent(event, 'check.changed');
      return { output: event.output };
    }),
    planRemoval: assign(({ context }) => plannedRemoval(context)),
    forgetRemoval: assign({ removalId: undefined }),
    forgetClock: assign({ criticalSinceMs: undefined }),
    updatePlan: assign(({ context, event }) => {
      assertEvent(event, 'check.updated');
      return { deregisterAfterMs: event.deregisterAfterMs, run: context.run + 1 };
    }),
    adoptSettings: assign(({ event }) => {
      assertEvent(event, 'settings.changed');
      return { settings: event.settings };
    }),
  },
  guards: {
    isNews: ({ context, event }) => isNews(context, event),
    isOldNews: ({ context, event }) => isResult(context, event) && !isNews(context, event),
    isTurning: ({ context, event }) => isResult(context, event) && turns(context, event),
    hasAnswered: ({ context, event }) => isResult(context, event) && event.status !== 'critical',
    hasFailedSinceDue: ({ context, event }) =>
      isResult(context, event) &&
      event.status === 'critical' &&
      event.sentAtMs >= deadlineMs(context) &&
      !isClockContested(context),
    hasDeadline: ({ context }) => deadlineMs(context) < Infinity,
    /** And does nothing take it along? A result that is news does. */
    isOutputNew: ({ context, event }) =>
      isResult(context, event) && !isNews(context, event) && event.output !== writtenOutput(context),
    isOutputWritten: ({ context }) => context.latestOutput === writtenOutput(context),
    isRemovalUnplanned: ({ context }) => context.removalId === undefined,
    isReport: ({ context, event }) => answered(context, event) !== undefined,
    isPassingReport: ({ context, event }) => answered(context, event)?.status === 'passing',
    isWarningReport: ({ context, event }) => answered(context, event)?.status === 'warning',
    isClockLate: ({ context, event }) => 'writeId' in event && isClockLate(context, event.writeId, event.atMs),
    isSameClock: ({ context, event }) => {
      const report = answered(context, event);
      return report?.status === 'critical' && report.criticalSinceMs === context.criticalSinceMs;
    },
    isOverruled: ({ context, event }) =>
      event.type === 'status.rejected' &&
      event.rejection.reason === 'changed' &&
      answered(context, event) !== undefined,
    isRemoval: ({ context, event }) => 'writeId' in event && event.writeId === context.removalId,
    isUntimedRemoval: ({ context, event }) =>
      event.type === 'status.rejected' && event.writeId === context.removalId && event.rejection.reason === 'untimed',
    isOwnReport: ({ context: { reports }, event }) =>
      event.type === 'check.changed' &&
      reports.some(({ status, output }) => status === event.status && output === event.output),
    isStatusChanged: ({ context, event }) => event.type === 'check.changed' && event.status !== context.status,
    isPassing: ({ context }) => context.status === 'passing',
    isWarning: ({ context }) => context.status === 'warning',
  },
  delays: {
    checkUpdateInterval: ({ context }) => outputWaitMs(context),
    deregisterDeadline: ({ context, event }) => Math.max(0, deadlineMs(context) - event.atMs),
  },
}).createMachine({
  id: 'check',
  description: 'One check of an external node: its status as committed, and what is owed to the catalog.',
  type: 'parallel',
  context: ({ input }) => openLedger(input),
  states: {
    status: {
      description: 'The status that Consul has committed.',
      initial: 'pending',
      on: {
        'check.due': { actions: ['startRun', { type: 'probe', params: ({ context }) => ({ run: context.run }) }] },
        'check.probed': [
          {
            guard: 'isNews',
            actions: ['oweResult', { type: 'submit', params: ({ context }) => reportWrite(context) }],
          },
          { guard: 'isOldNews', actions: 'countResult' },
        ],
        'check.changed': [
          { guard: 'isOwnReport' },
          {
            guard: 'isStatusChanged',
            target: '.settling',
            actions: [{ type: 'withdraw', params: ({ context }) => ({ subject: context.key }) }, 'adoptStatus'],
          },
          { actions: 'adoptOutput' },
        ],
        'check.updated': { actions: 'updatePlan' },
        'settings.changed': { actions: 'adoptSettings' },
        'status.committed': [
          {
            guard: 'isClockLate',
            target: '.settling',
            actions: ['believe', 'oweAnew', { type: 'submit', params: ({ context }) => reportWrite(context) }],
          },
          // Without a stop in `settling`, a third of what the answer to a flip costs: what it will be is in the report.
          { guard: 'isPassingReport', target: '.passing', actions: 'believe' },
          { guard: 'isWarningReport', target: '.warning', actions: 'believe' },
          { guard: 'isReport', target: '.critical', actions: 'believe' },
        ],
        'status.rejected': [
          {
            guard: 'isOverruled',
            target: '.settling',
            actions: [{ type: 'withdraw', params: ({ context }) => ({ subject: context.key }) }, 'adoptRejection'],
          },
          { guard: 'isReport', actions: 'dismiss' },
        ],
        'status.superseded': { guard: 'isReport', actions: 'dismiss' },
      },
      states: {
        pending: {
          description:
            'Holds the status of the catalog; no result of this instance has agreed with it or changed it yet.',
          on: { 'check.probed': { guard: 'isOldNews', target: 'settling', actions: 'countResult' } },
        },
        settling: {
          description: 'The status in force was just learnt: goes to the state that bears its name.',
          always: [
            { guard: 'isPassing', target: 'passing' },
            { guard: 'isWarning', target: 'warning' },
            { target: 'critical' },
          ],
        },
        passing: { description: 'The target answered as it should.', tags: 'steady' },
        warning: { description: 'The target answered, and asks for attention.', tags: 'steady' },
        critical: {
          description: 'The target failed. A service with a deadline is on its way out.',
          tags: 'steady',
          initial: 'untimed',
          on: { 'check.updated': { target: 'settling', actions: 'updatePlan' } },
          states: {
            untimed: {
              description: 'No deadline, or none that is committed yet.',
              always: { guard: 'hasDeadline', target: 'timed' },
            },
            timed: {
              description: 'The time to DeregisterCriticalServiceAfter runs.',
              after: { deregisterDeadline: { target: '#check.status.deregister' } },
            },
          },
        },
        deregister: {
          description: 'Critical past its deadline: a failed probe sent since then removes the service.',
          initial: 'confirming',
          entry: 'probeNow',
          on: { 'status.committed': { guard: 'isSameClock', actions: 'believe' } },
          states: {
            confirming: {
              description: 'Waits for a probe sent after the deadline.',
              on: {
                'check.probed': {
                  guard: 'hasFailedSinceDue',
                  target: 'removing',
                  actions: [
                    'countResult',
                    'planRemoval',
                    { type: 'submit', params: ({ context }) => removalWrite(context) },
                  ],
                },
                'check.updated': { target: '#check.status.settling', actions: 'updatePlan' },
              },
            },
            removing: {
              description: 'The removal is with the writer; whatever ends this state takes it back.',
              exit: { type: 'withdraw', params: ({ context }) => ({ subject: context.key }) },
              on: {
                'check.probed': [
                  {
                    guard: 'isTurning',
                    target: 'confirming',
                    actions: [
                      'forgetRemoval',
                      'oweResult',
                      { type: 'submit', params: ({ context }) => reportWrite(context) },
                    ],
                  },
                  { guard: 'hasAnswered', target: 'confirming', actions: ['forgetRemoval', 'countResult'] },
                ],
                'check.updated': { target: '#check.status.settling', actions: ['forgetRemoval', 'updatePlan'] },
                'status.committed': { guard: 'isRemoval', target: 'removed' },
                'status.rejected': [
                  {
                    guard: 'isUntimedRemoval',
                    target: '#check.status.settling',
                    actions: ['forgetRemoval', 'forgetClock'],
                  },
                  { guard: 'isRemoval', target: 'confirming', actions: 'forgetRemoval' },
                ],
                'status.superseded': { guard: 'isRemoval', target: 'confirming', actions: 'forgetRemoval' },
              },
            },
            removed: {
              description: 'The service is gone; the roster stops this check when the catalog tells it.',
              on: { 'check.due': {} },
            },
          },
        },
      },
    },
    output: {
      description: 'Is the newest output in the catalog?',
      initial: 'settled',
      states: {
        settled: {
          description: 'The catalog holds the newest output, or a report with it is on its way.',
          on: { 'check.probed': { guard: 'isOutputNew', target: 'stale' } },
        },
        stale: {
          description:
            'A newer output waits up to check_update_interval, the first of all less, or for the next change of status.',
          tags: 'waiting',
          always: { guard: 'isOutputWritten', target: 'settled' },
          after: { checkUpdateInterval: { target: 'due' } },
          on: { 'settings.changed': { target: 'stale', reenter: true } },
        },
        due: {
          description: 'The output goes out as soon as no removal is with the writer, whose place it would take.',
          always: [
            { guard: 'isOutputWritten', target: 'settled' },
            {
              guard: 'isRemovalUnplanned',
              target: 'settled',
              actions: ['oweAnew', { type: 'submit', params: ({ context }) => reportWrite(context) }],
            },
          ],
        },
      },
    },
  },
  options: { maxIterations: 20 },
});
