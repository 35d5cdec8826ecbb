/**
 * One external node.
 *
 * Decides whether the node is alive or suspect, when that must be written, and when a node has been silent for so long
 * that it is removed. Parent of the node's checks.
 * Started by the roster as a root actor, one per node; tells it nothing: reports go to the writer through `submit`.
 */
import { assertEvent, assign, setup, spawnChild, stopChild } from 'xstate';
import type { checkMachine } from './check.ts';
import type { Write, WriteAnswer } from './model.ts';
import type { CheckEntry } from './rules/ledger.ts';
import { nodeSubject } from './rules/report.ts';
import type { Tag } from './rules/uneventful.ts';
import {
  believedNode,
  isFailureContested,
  isReportDue,
  nodeRemovalWrite,
  nodeReportWrite,
  openWatchbook,
  plannedNodeRemoval,
  removalDueMs,
  reportedNode,
  type NodeEntry,
  type NodeSettings,
  type Watchbook,
} from './rules/watchbook.ts';

interface NodePinged {
  readonly type: 'node.pinged';
  readonly run: number;
  readonly isReachable: boolean;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/** Every event bears its time, `atMs`; the chart reads no clock. */
export type NodeEvent =
  | { readonly type: 'node.due'; readonly atMs: number }
  | NodePinged
  /** Its record changed: a ping under way went to the old address. */
  | { readonly type: 'node.updated'; readonly isProbed: boolean; readonly atMs: number }
  /** Somebody else changed `externalNodeHealth`; undefined: removed it. */
  | { readonly type: 'health.changed'; readonly status: 'passing' | 'critical' | undefined; readonly atMs: number }
  | { readonly type: 'settings.changed'; readonly settings: NodeSettings; readonly atMs: number }
  /**
   * The check becomes the child of the name `slot`, a number. Its key would do, but V8 describes anew every object that has a
   * property of a new name, and so all children again with each that joins them: a kilobyte a check.
   */
  | { readonly type: 'check.added'; readonly slot: number; readonly check: CheckEntry; readonly atMs: number }
  | { readonly type: 'check.removed'; readonly slot: number; readonly atMs: number }
  | WriteAnswer;

export type NodeActors = {
  readonly check: typeof checkMachine;
};

/** Effects that src/actors/node.ts hands in as actions. */
export interface NodePorts {
  /** Pings the node; the result comes back as `node.pinged` with the same run. */
  readonly ping: { readonly run: number };
  /** Makes the node due now instead of at its next tick. */
  readonly pingNow: undefined;
  /** Hands a write to the writer; its answer comes back as an event. */
  readonly submit: Write;
  /** Takes writes of the subject, a check's or the node's own, that still wait back from the writer. */
  readonly withdraw: { readonly subject: string };
}

const isResult = (book: Watchbook, event: NodeEvent): event is NodePinged =>
  event.type === 'node.pinged' && event.run === book.run;

/** The start itself bears no time. */
const timeOf = (book: Watchbook, event: NodeEvent): number => ('atMs' in event ? event.atMs : book.startedAtMs);

const slotOf = (event: NodeEvent): string => {
  assertEvent(event, ['check.added', 'check.removed']);
  return String(event.slot);
};

const addedCheck = (event: NodeEvent): CheckEntry => {
  assertEvent(event, 'check.added');
  return event.check;
};

export const nodeMachine = setup({
  types: {
    input: {} as NodeEntry,
    context: {} as Watchbook,
    events: {} as NodeEvent,
    tags: {} as Tag,
    children: {},
  },
  actors: {} as NodeActors,
  actions: {
    ping: (_, _params: NodePorts['ping']) => undefined,
    pingNow: () => undefined,
    submit: (_, _params: NodePorts['submit']) => undefined,
    withdraw: (_, _params: NodePorts['withdraw']) => undefined,
    startRun: assign({ run: ({ context }) => context.run + 1 }),
    owePassing: assign(({ context, event }) => reportedNode(context, 'passing', event.atMs)),
    oweCritical: assign(({ context, event }) => reportedNode(context, 'critical', event.atMs)),
    believe: assign(({ context, event }) => believedNode(context, event.atMs)),
    forgetReport: assign({ report: undefined }),
    planRemoval: assign(({ context }) => plannedNodeRemoval(context)),
    forgetRemoval: assign({ removalId: undefined }),
    forgetFailure: assign({ failingSinceMs: undefined }),
    adoptHealth: assign(({ event }) => {
      assertEvent(event, 'health.changed');
      return { status: event.status };
    }),
    adoptNode: assign(({ context, event }) => {
      assertEvent(event, 'node.updated');
      return { isProbed: event.isProbed, run: context.run + 1 };
    }),
    adoptSettings: assign(({ event }) => {
      assertEvent(event, 'settings.changed');
      return { settings: event.settings };
    }),
    startCheck: spawnChild('check', {
      id: ({ event }) => slotOf(event),
      input: ({ event }) => addedCheck(event),
    }),
    stopCheck: stopChild(({ event }) => slotOf(event)),
  },
  guards: {
    isUnprobed: ({ context }) => !context.isProbed,
    isFailing: ({ context }) => context.failingSinceMs !== undefined,
    isPassingDue: ({ context, event }) =>
      isResult(context, event) && event.isReachable && isReportDue(context, 'passing', event.atMs),
    isCriticalDue: ({ context, event }) =>
      isResult(context, event) && !event.isReachable && isReportDue(context, 'critical', event.atMs),
    isReachable: ({ context, event }) => isResult(context, event) && event.isReachable,
    hasFailedSinceDue: ({ context, event }) =>
      isResult(context, event) &&
      !event.isReachable &&
      event.sentAtMs >= removalDueMs(context) &&
      !isFailureContested(context),
    isPassingReport: ({ context: { report }, event }) =>
      'writeId' in event && event.writeId === report?.writeId && report.status === 'passing',
    isCriticalReport: ({ context: { report }, event }) =>
      'writeId' in event && event.writeId === report?.writeId && report.status === 'critical',
    isSameFailure: ({ context: { report, failingSinceMs }, event }) =>
      'writeId' in event && event.writeId === report?.writeId && report.failingSinceMs === failingSinceMs,
    isReport: ({ context, event }) => 'writeId' in event && event.writeId === context.report?.writeId,
    isRemoval: ({ context, event }) => 'writeId' in event && event.writeId === context.removalId,
    isUntimedRemoval: ({ context, event }) =>
      event.type === 'status.rejected' && event.writeId === context.removalId && event.rejection.reason === 'untimed',
  },
  delays: {
    nodeReconnectTimeout: ({ context, event }) => Math.max(0, removalDueMs(context) - timeOf(context, event)),
  },
}).createMachine({
  id: 'node',
  description: 'One external node: is it there, and for how long has it not been?',
  context: ({ input }) => openWatchbook(input),
  initial: 'adopted',
  on: {
    'check.added': { actions: 'startCheck' },
    'check.removed': { actions: 'stopCheck' },
    'node.due': { actions: ['startRun', { type: 'ping', params: ({ context }) => ({ run: context.run }) }] },
    'node.pinged': [
      {
        guard: 'isPassingDue',
        actions: ['owePassing', { type: 'submit', params: ({ context }) => nodeReportWrite(context) }],
      },
      {
        guard: 'isCriticalDue',
        actions: ['oweCritical', { type: 'submit', params: ({ context }) => nodeReportWrite(context) }],
      },
    ],
    'node.updated': { target: '.adopted', actions: 'adoptNode' },
    'health.changed': { actions: 'adoptHealth' },
    'settings.changed': { target: '.adopted', actions: 'adoptSettings' },
    'status.committed': [
      { guard: 'isPassingReport', target: '.alive', actions: 'believe' },
      { guard: 'isCriticalReport', target: '.suspect', actions: 'believe' },
    ],
    'status.rejected': { guard: 'isReport', actions: 'forgetReport' },
    'status.superseded': { guard: 'isReport', actions: 'forgetReport' },
  },
  states: {
    adopted: {
      description: 'What is known of the node was just learnt: goes to the state that it makes true.',
      always: [
        { guard: 'isUnprobed', target: 'unprobed' },
        { guard: 'isFailing', target: 'suspect' },
        { target: 'alive' },
      ],
    },
    unprobed: {
      description: 'Not to be pinged: only its checks run, and it is never removed.',
      on: { 'node.due': {}, 'node.pinged': {}, 'status.committed': { guard: 'isReport', actions: 'believe' } },
    },
    alive: {
      description: 'The node answered, or nothing is known against it.',
      tags: 'steady',
    },
    suspect: {
      description: 'The node fails its pings, as KV tells since when; the time to its removal runs.',
      tags: 'steady',
      after: { nodeReconnectTimeout: { target: 'reaping' } },
    },
    reaping: {
      description: 'Silent for longer than node_reconnect_timeout: a failed ping sent since then removes it.',
      initial: 'confirming',
      entry: 'pingNow',
      on: { 'status.committed': { guard: 'isSameFailure', actions: 'believe' } },
      states: {
        confirming: {
          description: 'Waits for a ping sent after the deadline.',
          on: {
            'node.pinged': {
              guard: 'hasFailedSinceDue',
              target: 'removing',
              actions: ['planRemoval', { type: 'submit', params: ({ context }) => nodeRemovalWrite(context) }],
            },
          },
        },
        removing: {
          description: 'The removal is with the writer; whatever ends this state takes it back.',
          exit: { type: 'withdraw', params: ({ context }) => ({ subject: nodeSubject(context.name) }) },
          on: {
            'node.pinged': [
              {
                guard: 'isReachable',
                target: 'confirming',
                actions: [
                  'forgetRemoval',
                  'owePassing',
                  { type: 'submit', params: ({ context }) => nodeReportWrite(context) },
                ],
              },
              {},
            ],
            'node.updated': { target: '#node.adopted', actions: ['forgetRemoval', 'adoptNode'] },
            'settings.changed': { target: '#node.adopted', actions: ['forgetRemoval', 'adoptSettings'] },
            'status.committed': { guard: 'isRemoval', target: 'removed' },
            'status.rejected': [
              { guard: 'isUntimedRemoval', target: '#node.adopted', actions: ['forgetRemoval', 'forgetFailure'] },
              { guard: 'isRemoval', target: 'confirming', actions: 'forgetRemoval' },
            ],
            'status.superseded': { guard: 'isRemoval', target: 'confirming', actions: 'forgetRemoval' },
          },
        },
        removed: {
          description: 'The node is gone; the roster stops it when the catalog tells it.',
          on: { 'node.due': {}, 'node.pinged': {} },
        },
      },
    },
  },
  options: { maxIterations: 20 },
});
