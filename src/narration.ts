/** What the log says of the daemon's life: outages, refusals and milestones, each once. */
import type { Actor, ActorRefFrom } from 'xstate';
import type { daemonMachine } from '../machines/daemon.ts';
import type { leadershipMachine } from '../machines/leadership.ts';
import type { Clock } from './clock.ts';
import type { Log } from './observe/log.ts';
import type { Examine } from './post-mortem.ts';

/** Before the first contact, the wait is told this often. */
const CONTACT_NEWS_MS = 10_000;

export interface NarrationDeps {
  readonly log: Log;
  readonly clock: Clock;
  /** The own lock, and the one of Go instances. */
  readonly lockKey: string;
  readonly goKey: string;
  readonly examine: Examine;
}

/** Writes the daemon chart's emitted events down, and stops the orphans of actors that died. Call it before the actor starts. */
export const narrate = (daemon: Actor<typeof daemonMachine>, deps: NarrationDeps): void => {
  const { log, clock, examine } = deps;
  let toldContactAtMs = -Infinity;
  let leadership: unknown;
  daemon.subscribe(() => {
    // safe: the daemon chart starts just that chart under that name
    const started = daemon.system.get('leadership') as ActorRefFrom<typeof leadershipMachine> | undefined;
    if (started === leadership) return;
    leadership = started;
    if (started !== undefined) narrateLeadership(started, deps);
  });
  daemon.on('contact.failed', ({ message }) => {
    if (clock.now() - toldContactAtMs < CONTACT_NEWS_MS) return;
    toldContactAtMs = clock.now();
    log.warn(`Waiting for Consul: ${message}`);
  });
  daemon.on('consul.lost', ({ message }) => {
    log.warn(`Lost Consul, probing goes on: ${message}`);
  });
  daemon.on('consul.returned', () => {
    log.info('Consul is back');
  });
  daemon.on('request.refused', ({ code, message }) => {
    log.error(`Consul refuses a request: ${message}`, { code });
  });
  daemon.on('request.accepted', () => {
    log.info('Consul refuses nothing any more');
  });
  daemon.on('list.unreadable', ({ key, reason }) => {
    log.error(`Cannot read the list of this instance, keeping the last good one: ${reason}`, { key });
  });
  daemon.on('part.failed', ({ part, message }) => {
    log.error(`An actor failed and is started anew: ${message}`, { machine: part, ...examine(part) });
  });
};

const narrateLeadership = (
  leadership: ActorRefFrom<typeof leadershipMachine>,
  { log, lockKey, goKey }: NarrationDeps,
): void => {
  leadership.on('leadership.waiting', () => {
    log.info('Waiting to obtain leadership...');
  });
  leadership.on('leadership.obtained', () => {
    log.info('Obtained leadership');
  });
  leadership.on('leadership.lost', () => {
    log.info('Lost leadership');
  });
  leadership.on('leadership.blocked', () => {
    log.warn(
      `Instances of the Go ESM lead under '${goKey}', this one would under '${lockKey}': nobody leads here. ` +
        `To let both compete, set consul_leader_key = "${goKey}"`,
    );
  });
};
