/** What an actor of the daemon's system leaves behind when it dies: its last words for the log, and orphans. */
import type { AnyActor, Snapshot } from 'xstate';
import { stopOrphans } from './actors/orphans.ts';

export interface PostMortem {
  /** The state it died in; undefined: it was no chart. */
  readonly state: unknown;
  /** The event that it died of. */
  readonly event: string | undefined;
}

interface Life {
  readonly ref: { getSnapshot(): Snapshot<unknown> };
  readonly event: string;
}

/**
 * Follows every actor beneath `daemon`; call it before the daemon starts. The function it returns is to be called once an
 * actor of that id has died: it stops the actor's orphans.
 */
export const followActors = (daemon: AnyActor): ((id: string) => PostMortem) => {
  const lives = new Map<string, Life>();
  daemon.system.inspect((inspected) => {
    if (inspected.type !== '@xstate.event') return;
    const ref = inspected.actorRef as AnyActor; // safe: whatever receives an event is an actor
    lives.set(ref.id, { ref, event: inspected.event.type });
  });
  return (id) => {
    const life = lives.get(id);
    if (life === undefined) return { state: undefined, event: undefined };
    const snapshot = life.ref.getSnapshot();
    stopOrphans(snapshot);
    return { state: 'value' in snapshot ? snapshot.value : undefined, event: life.event };
  };
};
