/** A watch of Consul as an actor: what it sees becomes events, its end is the actor's end. */
import { fromCallback, type CallbackActorLogic, type EventObject } from 'xstate';
import { troubleOf } from '../../machines/rules/trouble.ts';
import type { Watch, WatchObserver } from '../consul/consul.ts';

/** The one order such an actor takes: ask again now. */
export interface WakeOrder {
  readonly type: 'consul.reachable';
}

/** Starts `watch` with the actor and stops it with it. Every answer is told as `consul.answered`, then as `eventOf` says. */
export const watching = <T>(
  watch: (observer: WatchObserver<T>) => Watch,
  eventOf: (value: T) => EventObject,
): CallbackActorLogic<WakeOrder> =>
  fromCallback(({ sendBack, receive }) => {
    const running = watch({
      onAnswer(value) {
        sendBack({ type: 'consul.answered' });
        sendBack(eventOf(value));
      },
      onTrouble(error) {
        sendBack({ type: 'consul.failed', ...troubleOf(error) });
      },
    });
    receive(() => {
      running.wake();
    });
    return () => {
      running.stop();
    };
  });
