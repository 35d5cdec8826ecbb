/** A catalog of many thousand checks, and a daemon that has run each of them. */
import { eventually } from '../support/eventually.ts';
import { monotonicMs } from '../support/monotonic.ts';
import type { TestDaemon } from '../support/daemon.ts';
import { type LoopDelay, loopDelayOf, WATCHED_LOOP } from './loop-delay.ts';
import { openRig, registerCatalog, type Rig } from './rig.ts';

export interface Crowd extends Rig {
  readonly daemon: TestDaemon;
  /** From the start of the process until every check had arrived at the target once, in milliseconds. */
  readonly startedMs: number;
  /** The daemon's event loop meanwhile. */
  readonly startDelay: LoopDelay;
}

/** From the first run of all until the first output of each is in the catalog: nothing changes any more that nobody else changes. */
export const ALL_WRITTEN_MS = 130_000;

const ALL_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 100;

export const openCrowd = async (checks: number, intervalMs: number): Promise<Crowd> => {
  const rig = await openRig();
  await registerCatalog(rig, checks, `${intervalMs / 1_000}s`);
  const beganMs = monotonicMs();
  const daemon = await rig.startDaemon(WATCHED_LOOP);
  const haveAllRun = async (): Promise<boolean> => (await rig.target.paths()) === checks;
  await eventually(`a probe of ${checks} checks`, haveAllRun, { deadlineMs: ALL_WITHIN_MS, everyMs: LOOK_EVERY_MS });
  return {
    ...rig,
    daemon,
    startedMs: monotonicMs() - beganMs,
    startDelay: await loopDelayOf(daemon),
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};
