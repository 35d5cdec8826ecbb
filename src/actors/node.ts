/** The effects of machines/node.ts: the node is pinged, its reports are handed to the writer. */
import type { ExternalNode, WriteAnswer } from '../../machines/model.ts';
import { nodeMachine, type NodeActors, type NodePorts } from '../../machines/node.ts';
import { isPingUneventful } from '../../machines/rules/uneventful.ts';
import type { Log } from '../observe/log.ts';
import type { Schedule } from '../schedule.ts';
import { wireCheck, type CheckDeps, type CheckRuntimes } from './check.ts';
import { pingNode, type PingDeps } from './ping.ts';
import type { Runs } from './runs.ts';
import { isActive, tellNoted, type ChartRef, type PortActions } from './port-actions.ts';
import type { Writer } from './writer.ts';

/** What a running node has beside its chart. */
export interface NodeRuntime extends CheckRuntimes {
  node: ExternalNode;
  nodeProbeIntervalMs: number;
  /** Undefined: the node is not to be pinged. */
  pings: Runs | undefined;
}

export interface NodeDeps extends CheckDeps, PingDeps {
  readonly schedule: Schedule;
  readonly writer: Writer;
  readonly log: Log;
}

type NodeRef = ChartRef<typeof nodeMachine>;

/** The node is due. A steady one would do nothing but count its run, and is not asked. */
export const tickNode = (deps: NodeDeps, runtime: NodeRuntime, node: NodeRef): void => {
  const snapshot = node.getSnapshot();
  const isAsked = !snapshot.hasTag('steady') || deps.followed.has(node);
  if (isAsked) tellNoted(runtime, node, { type: 'node.due', atMs: deps.clock.now() });
  else startRun(deps, runtime, node, snapshot.context.run);
};

/** Pings; the result is told as that of `run`, unless it would change nothing. */
const startRun = (deps: NodeDeps, runtime: NodeRuntime | undefined, node: NodeRef, run: number): void => {
  runtime?.pings?.begin(async (signal) => {
    const result = await pingNode(deps, runtime.node, runtime.nodeProbeIntervalMs, signal);
    if (result === undefined) return;
    const { isReachable, atMs } = result;
    const snapshot = node.getSnapshot();
    const changesNothing = snapshot.hasTag('steady') && isPingUneventful(snapshot.context, isReachable, atMs);
    if (!changesNothing || deps.followed.has(node)) tellNoted(runtime, node, { type: 'node.pinged', run, ...result });
  });
};

/** A node's place in the schedule. */
export const pingKey = (node: string): string => `node\0${node}`;

/** One chart for all nodes, and what each running node has beside it, by name. */
export interface NodeChart {
  readonly machine: typeof nodeMachine;
  readonly runtimes: Map<string, NodeRuntime>;
}

/** Call it once: a wired chart takes 50 KB, and what XState remembers of each state comes on top. */
export const wireNodes = (deps: NodeDeps): NodeChart => {
  const runtimes = new Map<string, NodeRuntime>();
  return { machine: wireNode(deps, runtimes), runtimes };
};

/** The chart with its effects, for all nodes that `runtimes` holds, and their checks. */
export const wireNode = (deps: NodeDeps, runtimes: ReadonlyMap<string, NodeRuntime>): typeof nodeMachine =>
  nodeMachine.provide({
    actors: { check: wireCheck(deps, runtimes) } satisfies NodeActors,
    actions: {
      ping: ({ context: { name }, self }, { run }) => {
        startRun(deps, runtimes.get(name), self, run);
      },
      pingNow: ({ context }) => {
        deps.schedule.runNow(pingKey(context.name));
      },
      submit: ({ context: { name }, self }, write) => {
        const isRemoval = write.operations.some(({ type }) => type === 'node.remove');
        deps.writer.submit(write, (answer) => {
          if (isRemoval) logRemoval(deps.log, name, answer);
          if (!isActive(self)) return;
          const wasAlive = self.getSnapshot().value === 'alive';
          tellNoted(runtimes.get(name), self, answer);
          const isAlive = self.getSnapshot().value === 'alive';
          if (isAlive !== wasAlive) deps.log.info(`Node '${name}' is now ${isAlive ? 'reachable' : 'unreachable'}`);
        });
      },
      withdraw: (_, { subject }) => {
        deps.writer.withdraw(subject);
      },
    } satisfies PortActions<typeof nodeMachine, NodePorts>,
  });

const logRemoval = (log: Log, node: string, answer: WriteAnswer): void => {
  if (answer.type === 'status.committed') log.info('Removed a node that was unreachable for too long', { node });
  else if (answer.type === 'status.rejected') {
    log.info('Kept a node that was unreachable for too long', { node, reason: answer.rejection.reason });
  }
};
