/** The composition root: joins configuration, Consul, probes and charts into one daemon. */
import { createActor, toPromise, type Actor, type ActorRefFrom, type AnyStateMachine } from 'xstate';
import { daemonMachine, type DaemonActors, type Verdict } from '../machines/daemon.ts';
import type { watchlistMachine } from '../machines/watchlist.ts';
import type { writerMachine } from '../machines/writer.ts';
import { createCoordinates } from './actors/coordinates.ts';
import { followDaemon } from './actors/inspection/daemon-sights.ts';
import { createComplaints } from './actors/complaints.ts';
import { contactActors } from './actors/contact.ts';
import { jitteredBackoff } from './actors/jitter.ts';
import { leadershipLogic } from './actors/leadership.ts';
import { registrationLogic } from './actors/registration.ts';
import { rosterLogic } from './actors/roster.ts';
import { createServicePorts } from './actors/service-ports.ts';
import { watchlistLogic } from './actors/watchlist.ts';
import { createWriter } from './actors/writer.ts';
import { systemClock, systemRandom, systemStopwatch, type Clock, type Random, type Stopwatch } from './clock.ts';
import type { Config } from './config/config.ts';
import { connect } from './connection.ts';
import type { Planes } from './consul/client.ts';
import { createCoordinateStore } from './consul/coordinate.ts';
import { narrate } from './narration.ts';
import { followActors } from './post-mortem.ts';
import type { Log } from './observe/log.ts';
import type { HttpSurface } from './observe/http.ts';
import { createPinger, type Pinger } from './probes/pinger.ts';
import type { Prober } from './probes/prober.ts';
import { createResolver } from './probes/resolve.ts';
import { createDaemonProber } from './probing.ts';
import { createRoster, type Roster } from './roster.ts';
import { createSchedule } from './schedule.ts';
import { consulTls, nodeRunSettings } from './settings.ts';
import { createStatecharts } from './statecharts.ts';
import { openSurface } from './surface.ts';

/** What a simulation replaces; the machine's own unless given. */
export interface DaemonDeps {
  readonly log: Log;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly stopwatch?: Stopwatch;
  readonly random?: Random;
  readonly newId?: () => string;
  /** What requests to Consul travel by. */
  readonly planes?: Planes;
  /** Asks targets; disposed with the daemon. */
  readonly prober?: Prober;
  /** Asks nodes; disposed with the daemon. */
  readonly pinger?: Pinger;
}

export interface Daemon extends AsyncDisposable {
  readonly actor: Actor<typeof daemonMachine>;
  /**
   * Runs until it is stopped or refused. Rejects with `ESM_CONFIG_INVALID` when `client_address` cannot be had, and when the
   * daemon chart itself fails.
   */
  start(): Promise<Verdict>;
  /** Asks for a graceful stop; `start` resolves when it is done, 5 s later at most. */
  stop(): void;
  /** Takes over what can change in place. Rejects with `ESM_CONFIG_INVALID`, everything as it was, when TLS files are no good. */
  reconfigure(config: Config): Promise<void>;
}

/** Probes under way at once; beyond it they wait, so that a thousand hanging targets use up no descriptors. */
const MOST_PROBES = 2_000;

/** Ids of one process. Every UUID of Node's is built of 16 pieces, which V8 keeps: half a kilobyte a check. */
const createCounter = (): (() => string) => {
  let count = 0;
  return () => String(++count);
};

export const createDaemon = async (initialConfig: Config, deps: DaemonDeps): Promise<Daemon> => {
  const { log, env = process.env, clock = systemClock, random = systemRandom, newId = createCounter() } = deps;
  const { stopwatch = systemStopwatch } = deps;
  let config = initialConfig;
  const part = <Machine extends AnyStateMachine>(name: string): ActorRefFrom<Machine> | undefined =>
    // safe: the daemon chart starts just that chart under that name
    actor.system.get(name) as ActorRefFrom<Machine> | undefined;
  const connection = await connect({
    log,
    clock,
    random,
    config: () => config,
    share: () => part<typeof watchlistMachine>('watchlist')?.getSnapshot().context.share,
    planes: deps.planes,
  });
  const { client, registrar, lock, fleet, catalog, committer } = connection;
  const writer = createWriter({ committer, clock, random, actor: () => part<typeof writerMachine>('writer') });
  const resolver = createResolver(clock);
  const prober = deps.prober ?? (await createDaemonProber(config, { env, clock, random, resolver, log }));
  const pinger = deps.pinger ?? createPinger({ pingType: config.pingType, clock, stopwatch, resolver });
  const complaints = createComplaints(log, clock);
  const followed = new Set();
  const coordinates = createCoordinates({ store: createCoordinateStore(client), clock, random, log });

  let roster: Roster | undefined;
  const actors = {
    ...contactActors(client),
    registration: registrationLogic({ registrar, random }),
    leadership: leadershipLogic({ lock, fleet, catalog, clock, random }),
    watchlist: watchlistLogic({ catalog, random }),
    writer: writer.logic,
    roster: rosterLogic({
      catalog,
      createRoster: (onTrouble) => {
        const schedule = createSchedule({ clock, random, maxConcurrent: MOST_PROBES });
        roster = createRoster({
          ...{ catalog, schedule, prober, pinger, writer, complaints, followed, clock, random, newId, log, onTrouble },
          readServicePort: config.pingType === 'tcp' ? createServicePorts(catalog, clock) : undefined,
          coordinates: config.disableCoordinateUpdates ? undefined : coordinates,
          settings: () => nodeRunSettings(config),
        });
        return roster;
      },
    }),
  } satisfies DaemonActors;

  const { machine, examine } = followActors(
    daemonMachine.provide({ actors, delays: { backoff: jitteredBackoff(random) } }),
  );
  const actor = createActor(machine, {
    clock,
    input: {
      serviceId: registrar.serviceId,
      beatMs: registrar.beatMs,
      batchFlushIntervalMs: 0,
    },
  });
  narrate(actor, { log, clock, lockKey: lock.key, goKey: lock.goKey, examine });

  const isShown = config.clientAddress !== '';
  const statecharts = createStatecharts({
    daemon: isShown ? followDaemon(actor, clock) : [],
    roster: () => roster,
    followed,
    clock,
  });
  let surface: HttpSurface | undefined;

  return {
    actor,
    async start() {
      surface = await openSurface(config, { statecharts, clock });
      if (surface !== undefined) log.info(`Statecharts are shown at ${surface.url}/statecharts`);
      actor.start();
      return await toPromise(actor);
    },
    stop() {
      actor.send({ type: 'daemon.stop' });
    },
    async reconfigure(next) {
      await client.reloadTls(consulTls(next));
      client.setToken(next.token);
      config = next;
      catalog.requery();
      actor.send({ type: 'settings.changed' });
    },
    async [Symbol.asyncDispose]() {
      actor.stop();
      await surface?.[Symbol.asyncDispose]();
      coordinates.stop();
      await prober[Symbol.asyncDispose]();
      await pinger[Symbol.asyncDispose]();
      resolver[Symbol.dispose]();
      await client.close();
    },
  };
};
