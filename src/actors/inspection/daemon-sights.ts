/** Follows the actors that every instance has. They handle a few events a second, so they are followed all the time. */
import type { AnyActor } from 'xstate';
import type { Clock } from '../../clock.ts';
import type { Sight } from '../../observe/statecharts/statecharts.ts';
import { createRecording, type Recording } from './recording.ts';
import { observeSteps } from './steps.ts';

/** The charts of the daemon's system, each borne by one actor at most, those first that start others. */
export const DAEMON_CHARTS = ['daemon', 'registration', 'leadership', 'session', 'assignment', 'watchlist', 'writer'];

/** Call it before the daemon starts. */
export const followDaemon = (daemon: AnyActor, clock: Clock): readonly Sight[] => {
  const recordings = new Map<string, Recording>(
    DAEMON_CHARTS.map((chart) => [chart, createRecording({ id: chart, chart, name: chart }, undefined)]),
  );
  daemon.system.inspect(
    observeSteps(
      clock,
      () => true,
      ({ chart, ...step }) => recordings.get(chart)?.note(step),
    ),
  );
  return [...recordings.values()];
};
