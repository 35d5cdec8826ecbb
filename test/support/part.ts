/** A part of the daemon that does nothing by itself: the test lets it end or die, and reads what it was told. */
import type { ActorLogic, AnyEventObject, Snapshot } from 'xstate';

/** One life of a part. */
export interface PartRun {
  readonly input: unknown;
  /** What it was told, oldest first. */
  readonly received: readonly AnyEventObject[];
  readonly isStopped: () => boolean;
  /** Ends as a chart that has reached its final state. */
  readonly end: () => void;
  /** Throws, as a chart with a mistake in it does. */
  readonly die: (error: Error) => void;
}

export interface Part {
  /** Stands for any chart: the daemon reads nothing of it but its end. */
  readonly logic: ActorLogic<Snapshot<undefined>, AnyEventObject>;
  readonly runs: readonly PartRun[];
  /** The newest life. Throws when there was none. */
  readonly last: () => PartRun;
}

const ACTIVE: Snapshot<undefined> = { status: 'active', output: undefined, error: undefined };

export function createPart(): Part {
  const runs: PartRun[] = [];
  const begin = (input: unknown, send: (event: AnyEventObject) => void) => {
    const received: AnyEventObject[] = [];
    let isStopped = false;
    runs.push({
      input,
      received,
      isStopped: () => isStopped,
      end: () => {
        send({ type: 'test.end' });
      },
      die: (error) => {
        send({ type: 'test.die', error });
      },
    });
    return (event: AnyEventObject): void => {
      if (event.type === 'xstate.stop') isStopped = true;
      else received.push(event);
    };
  };
  const lives = new WeakMap<object, (event: AnyEventObject) => void>();
  return {
    logic: {
      getInitialSnapshot: ({ self }, input) => {
        lives.set(
          self,
          begin(input, (event) => {
            self.send(event);
          }),
        );
        return ACTIVE;
      },
      transition(snapshot, event, { self }) {
        if (event.type === 'test.end') return { status: 'done', output: undefined, error: undefined };
        if (event.type === 'test.die') throw event['error'];
        lives.get(self)?.(event);
        return event.type === 'xstate.stop' ? { status: 'stopped', output: undefined, error: undefined } : snapshot;
      },
      getPersistedSnapshot: (snapshot) => snapshot,
    },
    runs,
    last: () => runs.at(-1)!,
  };
}
