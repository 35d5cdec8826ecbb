/** Follows one actor of a node's system, for as long as somebody watches: XState's inspection doubles the cost of every event. */
import type { AnyActor } from 'xstate';
import type { Clock } from '../../clock.ts';
import type { Sight } from '../../observe/statecharts/statecharts.ts';
import type { ActorName } from '../../observe/statecharts/wire.ts';
import { createRecording } from './recording.ts';
import { observeSteps, standing } from './steps.ts';

export interface ActorSight extends Sight {
  readonly actor: AnyActor;
  /** Follows it no more. */
  stop(): void;
}

export const followActor = (actor: AnyActor, name: ActorName, clock: Clock): ActorSight => {
  const recording = createRecording(name, standing(actor));
  const inspection = actor.system.inspect(
    observeSteps(
      clock,
      (ref) => ref === actor,
      ({ chart: _, ...step }) => {
        recording.note(step);
      },
    ),
  );
  return {
    ...recording,
    actor,
    stop() {
      inspection.unsubscribe();
    },
  };
};
