/** Nodes of a fleet with one HTTP check each, on a web of the test's that counts who is probed how often. */
import { register } from './catalog.ts';
import { eventually } from './eventually.ts';
import type { Fleet } from './fleet.ts';
import type { Web } from './web.ts';

/** Registered at once at most. */
const TOGETHER = 20;

/** The path that the check of a node asks for. */
export const pathOf = (node: string): string => `/${node}`;

/** The id of each node's one check. */
export const WEB_CHECK = 'web';

/** Registers `count` nodes, each with one check of `interval`; resolves to their names. */
export async function registerNodes(
  fleet: Fleet,
  count: number,
  web: Pick<Web, 'url'>,
  interval: string,
): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `${fleet.name}-n${String(at).padStart(3, '0')}`);
  for (let at = 0; at < count; at += TOGETHER) {
    await Promise.all(names.slice(at, at + TOGETHER).map((node) => registerNode(fleet, node, web, interval)));
  }
  return names;
}

/** Registers one more. */
export const registerNode = (fleet: Fleet, node: string, web: Pick<Web, 'url'>, interval: string): Promise<unknown> =>
  register(fleet.consul, {
    node,
    meta: fleet.unpinged,
    checks: [
      {
        CheckID: WEB_CHECK,
        Name: 'web',
        Status: 'critical',
        Definition: { HTTP: web.url(pathOf(node)), Interval: interval, Timeout: '5s' },
      },
    ],
  });

/** Resolves once each of these nodes was probed that many times, all told. */
export const untilProbed = (web: Web, nodes: readonly string[], times: number, deadlineMs = 20_000): Promise<unknown> =>
  eventually(
    `${times} probes of each of ${nodes.length} nodes`,
    () => nodes.every((node) => web.hits(pathOf(node)) >= times),
    { deadlineMs },
  );
