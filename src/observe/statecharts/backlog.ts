/** What a stream has yet to tell: the newest view of each actor, and the last steps. Bounded, however long nobody reads. */
import { MOST_STEPS, type ActorView, type Report, type Step } from './wire.ts';

export interface Backlog {
  /** Without `step`: only where the actor stands is told. */
  note(view: ActorView, step?: Step): void;
  /** All of it, which is then told; undefined: there is nothing to tell. */
  take(): Report | undefined;
}

/** `watchedCount`: of how many actors steps are told. */
export const createBacklog = (watchedCount: number): Backlog => {
  const changed = new Map<string, ActorView>();
  let steps: Step[] = [];
  return {
    note(view, step) {
      changed.set(view.id, view);
      if (step !== undefined) steps.push(step);
      if (steps.length > MOST_STEPS * watchedCount) steps.shift();
    },
    take() {
      if (changed.size === 0) return undefined;
      const report = { isWhole: false, actors: [...changed.values()], steps };
      changed.clear();
      steps = [];
      return report;
    },
  };
};
