/** One watcher's stream of reports, as server-sent events. Whoever reads slowly gets fewer reports, never a queue of them. */
import type { ServerResponse } from 'node:http';
import type { Clock, TimerId } from '../../clock.ts';
import { createBacklog } from './backlog.ts';
import type { Statecharts } from './statecharts.ts';
import { followWatched } from './watched.ts';
import type { ActorView, Report, Step } from './wire.ts';

/** Changes within this time travel together: twenty reports a second are as many as anybody sees. */
const GATHERING_MS = 50;
/** Actors that did not run are looked for again this often, and a silent stream shows that it lives. */
const PULSE_MS = 2_000;
/** A reader that takes nothing for so many pulses is gone. */
const STALLED_PULSES = 15;

/** Writes to `response` until either side closes it. `ids`: the actors whose steps are told. */
export const streamReports = (
  response: ServerResponse,
  ids: readonly string[],
  { statecharts, clock }: { readonly statecharts: Statecharts; readonly clock: Clock },
): void => {
  const backlog = createBacklog(ids.length);
  let gathering: TimerId;
  let stalled = 0;

  const write = (report: Report): void => void response.write(`data: ${JSON.stringify(report)}\n\n`);
  const flush = (): void => {
    gathering = undefined;
    const report = response.writableNeedDrain ? undefined : backlog.take();
    if (report !== undefined) write(report);
  };
  const note = (view: ActorView, step?: Step): void => {
    backlog.note(view, step);
    gathering ??= clock.setTimeout(flush, GATHERING_MS);
  };

  const watched = followWatched(statecharts, ids, note);
  const releases = statecharts.daemon.map((sight) =>
    sight.onStep(() => {
      note(sight.view());
    }),
  );
  const pulse = (): void => {
    stalled = response.writableNeedDrain ? stalled + 1 : 0;
    if (stalled > STALLED_PULSES) return void response.destroy();
    for (const view of watched.look()) note(view);
    if (stalled === 0) response.write(':\n\n');
    pulsing = clock.setTimeout(pulse, PULSE_MS);
  };

  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  const chosen = watched.look();
  const actors = new Map(
    [...statecharts.daemon.map((sight) => sight.view()), ...chosen].map((view) => [view.id, view]),
  );
  write({ isWhole: true, actors: [...actors.values()], steps: watched.steps() });
  let pulsing = clock.setTimeout(pulse, PULSE_MS);
  response.on('drain', flush);
  response.once('close', () => {
    clock.clearTimeout(pulsing);
    clock.clearTimeout(gathering);
    for (const release of releases) release();
    watched.release();
  });
};
