/** The running charts as the page of `client_address` sees them: the daemon's own always, nodes and checks while watched. */
import type { AnyActor } from 'xstate';
import { NODE_CHECK_ID, type CheckKey, type CheckRecord, type ExternalNode } from '../machines/model.ts';
import { checkLabel } from './actors/check.ts';
import { followActor, type ActorSight } from './actors/inspection/actor-sight.ts';
import { standing } from './actors/inspection/steps.ts';
import type { Clock } from './clock.ts';
import type { Sight, Statecharts, WatchedSight } from './observe/statecharts/statecharts.ts';
import type { ActorName, ActorView } from './observe/statecharts/wire.ts';
import type { Roster } from './roster.ts';

export interface StatechartsDeps {
  readonly daemon: readonly Sight[];
  /** Undefined: none runs. */
  readonly roster: () => Roster | undefined;
  /** Kept here: the actors of nodes and checks that somebody watches. */
  readonly followed: Set<unknown>;
  readonly clock: Clock;
}

/** A node or a check, and where the roster has it. */
interface Subject extends ActorName {
  readonly node: string;
  readonly key: CheckKey | undefined;
}

/** A search shows so many. */
const MOST_FOUND = 40;

const ofNode = ({ name }: ExternalNode): Subject => ({
  id: `node:${name}`,
  chart: 'node',
  name,
  node: name,
  key: undefined,
});
const ofCheck = ({ key, id }: CheckRecord): Subject => ({
  id: `check:${key}`,
  chart: 'check',
  name: checkLabel(id),
  node: id.node,
  key,
});

const nameOf = ({ id, chart, name }: Subject): ActorName => ({ id, chart, name });

/** What a check is found by: what people call it, and nothing that may hold a secret. */
const wordsOf = ({ id, name, serviceName }: CheckRecord): string =>
  [checkLabel(id), id.serviceId, name, serviceName].join('\n').toLowerCase();

/** Nodes first, then checks. */
const matching = (roster: Roster | undefined, text: string): readonly Subject[] => {
  const wanted = text.trim().toLowerCase();
  const records = roster?.records() ?? [];
  const nodes = records.map(({ node }) => node).filter(({ name }) => name.toLowerCase().includes(wanted));
  const checks = records
    .flatMap((record) => [...record.checks.values()])
    .filter((check) => check.id.checkId !== NODE_CHECK_ID && wordsOf(check).includes(wanted));
  return [...nodes.map(ofNode), ...checks.map(ofCheck)];
};

/** The node or check with this id, running or not; undefined: the roster has none. */
const subjectOf = (roster: Roster | undefined, id: string): Subject | undefined => {
  const name = /^node:(.+)$/s.exec(id)?.[1] ?? id.split('\0')[2];
  const record = roster?.records().find(({ node }) => node.name === name);
  if (record === undefined) return undefined;
  return [ofNode(record.node), ...[...record.checks.values()].map(ofCheck)].find((subject) => subject.id === id);
};

interface Shared {
  readonly sight: ActorSight;
  watchers: number;
}

export const createStatecharts = ({ daemon, roster, followed, clock }: StatechartsDeps): Statecharts => {
  const shared = new Map<string, Shared>();
  const actorOf = ({ node, key }: Subject): AnyActor | undefined => roster()?.actorOf(node, key);
  const viewOf = (subject: Subject): ActorView => {
    const actor = actorOf(subject);
    return { ...nameOf(subject), value: actor === undefined ? undefined : standing(actor) };
  };

  /** One sight for all that watch the same actor. */
  const share = (subject: Subject, actor: AnyActor): Shared => {
    const known = shared.get(subject.id);
    if (known?.sight.actor === actor) return known;
    const fresh = { sight: followActor(actor, nameOf(subject), clock), watchers: 0 };
    shared.set(subject.id, fresh);
    followed.add(actor);
    return fresh;
  };

  const watchSubject = (subject: Subject, actor: AnyActor): WatchedSight => {
    const entry = share(subject, actor);
    entry.watchers += 1;
    return {
      ...entry.sight,
      hasEnded: () => actorOf(subject) !== actor,
      release() {
        entry.watchers -= 1;
        if (entry.watchers > 0) return;
        entry.sight.stop();
        followed.delete(actor);
        if (shared.get(subject.id) === entry) shared.delete(subject.id);
      },
    };
  };

  return {
    daemon,
    watch(id) {
      const sight = daemon.find((one) => one.view().id === id);
      if (sight !== undefined) return { ...sight, hasEnded: () => false, release: () => undefined };
      const subject = subjectOf(roster(), id);
      const actor = subject === undefined ? undefined : actorOf(subject);
      return subject === undefined || actor === undefined ? undefined : watchSubject(subject, actor);
    },
    find(text) {
      const subjects = matching(roster(), text);
      return { total: subjects.length, found: subjects.slice(0, MOST_FOUND).map(viewOf) };
    },
  };
};
