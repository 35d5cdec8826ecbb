/** The last steps of one actor, and where it stands. */
import type { Sight } from '../../observe/statecharts/statecharts.ts';
import { MOST_STEPS, type ActorName, type StateValue, type Step } from '../../observe/statecharts/wire.ts';

export interface Recording extends Sight {
  note(step: Omit<Step, 'actor'>): void;
}

/** `value`: where the actor stands now. */
export const createRecording = (name: ActorName, value: StateValue | undefined): Recording => {
  const steps: Step[] = [];
  const listeners = new Set<(step: Step) => void>();
  return {
    view: () => ({ ...name, value: steps.length === 0 ? value : steps.at(-1)?.value }),
    steps: () => steps,
    onStep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    note(happened) {
      const step = { actor: name.id, ...happened };
      steps.push(step);
      if (steps.length > MOST_STEPS) steps.shift();
      for (const listener of listeners) listener(step);
    },
  };
};
