/** Does probing go on? */
import { eventually } from './eventually.ts';
import { pathOf } from './probed-nodes.ts';
import type { Web } from './web.ts';

/** The longest time between two probes of one of these nodes since `sinceMs` (by `performance.now()`), until now. */
export function longestGapMs(web: Web, nodes: readonly string[], sinceMs: number): number {
  const untilMs = performance.now();
  return Math.max(...nodes.map((node) => longestOf([sinceMs, ...since(web, node, sinceMs), untilMs])));
}

const since = (web: Web, node: string, sinceMs: number): number[] =>
  web.times(pathOf(node)).filter((atMs) => atMs > sinceMs);

const longestOf = (times: readonly number[]): number =>
  Math.max(...times.slice(1).map((atMs, at) => atMs - (times[at] ?? atMs)));

/** Resolves once each of these nodes was probed so many times more. */
export function untilProbedOn(
  web: Web,
  nodes: readonly string[],
  times: number,
  deadlineMs = 20_000,
): Promise<unknown> {
  const goals = nodes.map((node) => ({ path: pathOf(node), hits: web.hits(pathOf(node)) + times }));
  return eventually(
    `${times} more probes of each of ${nodes.length} nodes`,
    () => goals.every(({ path, hits }) => web.hits(path) >= hits),
    { deadlineMs },
  );
}
