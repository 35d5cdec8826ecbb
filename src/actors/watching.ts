/** Watches of Consul as actors: what they see becomes events, their end is the actor's end. */
import { fromCallback, type CallbackActorLogic, type EventObject } from 'xstate';
import { troubleOf, type ConsulNews } from '../../machines/rules/trouble.ts';
import type { Watch, WatchObserver } from '../consul/consul.ts';

/** Tells every answer as `eventOf` says, trouble as `consul.failed`. */
export const observing = <T>(
  tell: (event: EventObject) => void,
  eventOf: (value: T) => EventObject,
): WatchObserver<T> => ({
  onAnswer(value) {
    tell(eventOf(value));
  },
  onTrouble(error) {
    tell({ type: 'consul.failed', ...troubleOf(error) } satisfies ConsulNews);
  },
});

/** The one order that a watch takes: ask again now. */
export interface WakeOrder {
  readonly type: 'consul.reachable';
}

/** Starts `watch` with the actor and stops it with it. */
export const watching = <T>(
  watch: (observer: WatchObserver<T>) => Watch,
  eventOf: (value: T) => EventObject,
): CallbackActorLogic<WakeOrder> =>
  fromCallback(({ sendBack, receive }) => {
    const running = watch(observing(sendBack, eventOf));
    receive(() => {
      running.wake();
    });
    return () => {
      running.stop();
    };
  });
