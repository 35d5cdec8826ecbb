/** The actors that one watcher has chosen: followed while they run, and again once they are back. */
import type { Statecharts, WatchedSight } from './statecharts.ts';
import type { ActorView, Step } from './wire.ts';

export interface Watched {
  /** Begins to follow those that run and are not followed yet, lets go of those that ended, and tells where both stand. */
  look(): readonly ActorView[];
  steps(): readonly Step[];
  release(): void;
}

interface Followed {
  readonly sight: WatchedSight;
  release(): void;
}

export const followWatched = (
  statecharts: Statecharts,
  ids: readonly string[],
  onStep: (view: ActorView, step: Step) => void,
): Watched => {
  const followed = new Map<string, Followed>();

  const letGo = (id: string): readonly ActorView[] => {
    const known = followed.get(id);
    if (known?.sight.hasEnded() !== true) return [];
    known.release();
    followed.delete(id);
    return [{ ...known.sight.view(), value: undefined }];
  };
  const follow = (id: string): readonly ActorView[] => {
    const sight = followed.has(id) ? undefined : statecharts.watch(id);
    if (sight === undefined) return [];
    const unfollow = sight.onStep((step) => {
      onStep(sight.view(), step);
    });
    const release = (): void => {
      unfollow();
      sight.release();
    };
    followed.set(id, { sight, release });
    return [sight.view()];
  };

  return {
    look: () => ids.flatMap((id) => [...letGo(id), ...follow(id)]),
    steps: () => [...followed.values()].flatMap(({ sight }) => sight.steps()),
    release() {
      for (const one of followed.values()) one.release();
    },
  };
};
