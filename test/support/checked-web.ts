/** Checks on a web service of the test's, and waiting for their runs. */
import { eventually } from './eventually.ts';
import type { Web } from './web.ts';

/** A check of `path` every second, critical until it has run; its id is the path without its slash. */
export const httpCheck = (web: Web, path: string): Record<string, unknown> => ({
  CheckID: path.slice(1),
  Name: path,
  Status: 'critical',
  Definition: { HTTP: web.url(path), Interval: '1s' },
});

/** Resolves once `path` was asked for `count` times more. */
export const runs = async (web: Web, path: string, count: number): Promise<void> => {
  const before = web.hits(path);
  await eventually(`${count} runs of ${path}`, () => web.hits(path) >= before + count, { deadlineMs: 20_000 });
};
