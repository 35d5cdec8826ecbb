/** One root actor: a node, or a group of a large node's checks, in an XState system of its own. */
import { createActor } from 'xstate';
import type { CheckEvent } from '../../machines/check.ts';
import type { CheckKey } from '../../machines/model.ts';
import type { NodeEvent } from '../../machines/node.ts';
import type { NodeEntry } from '../../machines/rules/watchbook.ts';
import { wireNode, type NodeDeps, type NodeRuntime } from './node.ts';
import { stopOrphans } from './orphans.ts';

export interface NodeRoot {
  tell(event: NodeEvent): void;
  /** Tells one of its checks; nothing happens when it has no such check. */
  tellCheck(key: CheckKey, event: CheckEvent): void;
  /** How many checks it has. */
  size(): number;
  stop(): void;
}

/** `onFailure` is called when the chart or one of its checks has thrown: the root is dead then, its checks stopped. */
export const startNodeRoot = (
  deps: NodeDeps,
  runtime: NodeRuntime,
  input: NodeEntry,
  onFailure: () => void,
): NodeRoot => {
  const root = createActor(wireNode(deps, runtime), { input, clock: deps.clock });
  const checks = () => root.getSnapshot().children;
  let lastEvent = 'xstate.init';
  root.subscribe({
    error: (error) => {
      const { value } = root.getSnapshot();
      deps.log.error('An actor failed', { machine: 'node', node: input.name, state: value, event: lastEvent, error });
      onFailure();
    },
  });
  root.start();
  return {
    tell(event) {
      lastEvent = event.type;
      root.send(event);
    },
    tellCheck(key, event) {
      lastEvent = event.type;
      checks()[key]?.send(event);
    },
    size: () => Object.keys(checks()).length,
    stop() {
      root.stop();
      stopOrphans(root.getSnapshot());
    },
  };
};
