/** The roster as the daemon chart starts it: follows nodes and checks of the catalog, and the share it is told. */
import { fromCallback, type CallbackActorLogic } from 'xstate';
import type { RosterEvent } from '../../machines/daemon.ts';
import type { ConsulNews } from '../../machines/rules/trouble.ts';
import { troubleOf } from '../../machines/rules/trouble.ts';
import type { Catalog } from '../consul/consul.ts';
import type { EsmError } from '../errors.ts';
import type { Roster } from '../roster.ts';

export interface RosterActorDeps {
  readonly catalog: Pick<Catalog, 'watchNodes' | 'watchChecks'>;
  /** Makes the roster; `onTrouble` is told of reads that failed. */
  readonly createRoster: (onTrouble: (error: EsmError) => void) => Roster;
}

export const rosterLogic = ({ catalog, createRoster }: RosterActorDeps): CallbackActorLogic<RosterEvent> =>
  fromCallback<RosterEvent>(({ sendBack, receive }) => {
    const onTrouble = (error: EsmError): void => {
      sendBack({ type: 'consul.failed', ...troubleOf(error) } satisfies ConsulNews);
    };
    const roster = createRoster(onTrouble);
    // Answers go to the roster itself, past the daemon chart.
    const watches = [
      catalog.watchNodes({
        onAnswer(nodes) {
          roster.setNodes(nodes);
        },
        onTrouble,
      }),
      catalog.watchChecks({
        onAnswer(news) {
          roster.changeChecks(news);
        },
        onTrouble,
      }),
    ];
    const unfollow = (): void => {
      for (const watch of watches) watch.stop();
    };
    const stop = (): void => {
      unfollow();
      roster.stop();
    };
    const obey = (event: RosterEvent): void => {
      switch (event.type) {
        case 'watchlist.changed':
          roster.setShare(event.share);
          return;
        case 'settings.changed':
          roster.configure();
          return;
        case 'consul.reachable':
          for (const watch of watches) watch.wake();
          roster.wake();
          return;
        case 'roster.quiet':
          unfollow();
          roster.quiet();
      }
    };

    receive((event) => {
      try {
        obey(event);
      } catch (error) {
        stop(); // XState calls no cleanup of an actor that throws, and what goes on beneath would probe beside its successor
        throw error;
      }
    });
    return stop;
  });
