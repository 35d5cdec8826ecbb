/** What befalls a fleet: until every node is probed again, how many nodes changed hands, and how many were harmed. */
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type Cluster } from '../../support/cluster.ts';
import { startConsul } from '../../support/consul.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { followLists } from '../../support/list-history.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { movedNodes, untilLeader, untilShared, type Lists } from '../../support/shares.ts';
import { INSTANCES, openFleetRig, type FleetRig } from '../fleet-rig.ts';
import type { Figure, Measure } from '../measure.ts';

const ROUNDS = 10;

/** A node is probed each second: what a take-over adds to that. */
const INTERVAL_MS = 1_000;
const TERM_MS = 2_000 + INTERVAL_MS;
const KILL_MS = 25_000 + INTERVAL_MS;

/** What one round showed. */
interface Seen {
  readonly probedAgainMs: number;
  readonly moved: number;
  readonly harmed: number;
}

interface Story {
  readonly what: string;
  /** What the contract allows, in milliseconds. */
  readonly boundMs: number;
  /** Begins at rest, and ends with everything up again. */
  readonly round: (rig: FleetRig) => Promise<Seen>;
}

type Whom = 'a follower' | 'the leader';

const choose = async ({ fleet }: FleetRig, whom: Whom): Promise<string> => {
  const leader = await untilLeader(fleet);
  return whom === 'the leader' ? leader : (INSTANCES.find((id) => id !== leader) ?? '');
};

const judge = (rig: FleetRig, before: Lists, after: Lists, probedAgainMs: number): Seen => ({
  probedAgainMs,
  moved: movedNodes(before, after),
  harmed: rig.harmed(),
});

/** An instance ends, and the others take over. */
const ending = (signal: 'SIGTERM' | 'SIGKILL', whom: Whom, boundMs: number): Story => ({
  what: `${signal} of ${whom}`,
  boundMs,
  async round(rig) {
    const { fleet, instances } = rig;
    const before = await rig.atRest();
    const victim = await choose(rig, whom);
    const { pid } = instances.get(victim);
    const startMs = monotonicMs();
    instances.get(victim).signal(signal);
    const againMs = await rig.probedAgainMs(startMs, (other) => other !== pid);
    const heirs = INSTANCES.filter((id) => id !== victim);
    const seen = judge(rig, before, await untilShared(fleet, heirs, rig.nodes.length), againMs);
    await instances.start(victim);
    return seen;
  },
});

/** An instance that was stopped starts anew; from its registration on. */
const joining: Story = {
  what: 'an instance joins',
  boundMs: 2_000,
  async round(rig) {
    const { fleet, instances } = rig;
    await rig.atRest();
    await instances.get('three').stop();
    const before = await untilShared(fleet, ['one', 'two'], rig.nodes.length);
    const newcomer = await instances.start('three');
    await newcomer.until('Waiting to obtain leadership');
    const startMs = monotonicMs();
    const after = await untilShared(fleet, INSTANCES, rig.nodes.length);
    const share = after.get('three')?.nodes ?? [];
    const againMs = await rig.probedAgainMs(startMs, (pid) => pid === newcomer.pid, share);
    return judge(rig, before, after, againMs);
  },
};

/** Nothing may move, and everybody goes on. */
const passing = (what: string, boundMs: number, happen: (rig: FleetRig) => Promise<unknown>): Story => ({
  what,
  boundMs,
  async round(rig) {
    await rig.atRest();
    await using history = await followLists(rig.fleet);
    const startMs = monotonicMs();
    const [probedAgainMs] = await Promise.all([rig.probedAgainMs(startMs, () => true), happen(rig)]);
    await rig.atRest();
    return { probedAgainMs, moved: history.moves().length, harmed: rig.harmed() };
  },
});

const PAUSE_MS = 5_000;

const pausing = (whom: Whom): Story =>
  passing(`${whom} is paused for ${PAUSE_MS / 1000} s`, PAUSE_MS + 1_000, async (rig) => {
    const daemon = rig.instances.get(await choose(rig, whom));
    daemon.signal('SIGSTOP');
    await pause(PAUSE_MS);
    daemon.signal('SIGCONT');
  });

type Tell = (progress: string) => void;

const tellStory = async (rig: FleetRig, story: Story, tell: Tell): Promise<readonly Figure[]> => {
  const seen: Seen[] = [];
  while (seen.length < ROUNDS) {
    seen.push(await story.round(rig));
    tell(`${seen.length}/${ROUNDS} ${story.what}`);
  }
  const figure = (name: string, unit: Figure['unit'], target: number | undefined, of: keyof Seen): Figure => ({
    name: `${story.what}: ${name}`,
    unit,
    ...(target === undefined ? {} : { target }),
    judgedBy: 'worst',
    samples: seen.map((round) => round[of]),
  });
  return [
    figure('every node probed again', 'ms', story.boundMs, 'probedAgainMs'),
    figure('nodes moved', 'nodes', undefined, 'moved'),
    figure('nodes harmed', 'nodes', 0, 'harmed'),
  ];
};

const tellStories = async (rig: FleetRig, stories: readonly Story[], tell: Tell): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const story of stories) figures.push(...(await tellStory(rig, story, tell)));
  return figures;
};

/** One agent, as in a small site; each fleet has its own, so that several can be watched at once. */
const ofOneAgent = async (name: string, stories: readonly Story[], tell: Tell): Promise<readonly Figure[]> => {
  await using consul = await startConsul();
  await using rig = await openFleetRig(name, consul);
  return await tellStories(rig, stories, tell);
};

/** The agent itself goes and comes back. */
const ofAnAgentThatDies = async (tell: Tell): Promise<readonly Figure[]> => {
  await using folder = await temporaryFolder();
  await using consul = await startConsul({ dataDir: folder.path });
  await using rig = await openFleetRig('restarts', consul);
  const restarting = passing('the Consul agent is killed, and back after 5 s', INTERVAL_MS * 2, async () => {
    await consul.kill('SIGKILL');
    await pause(PAUSE_MS);
    await consul.start();
  });
  return await tellStories(rig, [restarting], tell);
};

/** Three servers, and an agent that is none, as on any machine of a larger site. */
const ofACluster = async (tell: Tell): Promise<readonly Figure[]> => {
  await using cluster = await startCluster();
  await using folder = await temporaryFolder();
  await using agent = await startConsul({ dataDir: folder.path, config: await memberOf(cluster) });
  await using rig = await openFleetRig('elections', agent);
  const electing = passing('the Consul leader is killed, another is elected', INTERVAL_MS * 2, async () => {
    const leader = await cluster.untilLed();
    await cluster.kill(leader, 'SIGKILL');
    await cluster.untilLed((server) => server !== leader);
    await cluster.start(leader);
  });
  return await tellStories(rig, [electing], tell);
};

/** What makes an agent a client of the cluster. */
const memberOf = async ({ servers }: Cluster): Promise<Readonly<Record<string, unknown>>> => {
  const self = (await servers[0]?.get('/agent/self')) as { readonly DebugConfig: { readonly SerfPortLAN: number } }; // safe: what Consul answers
  return { server: false, bootstrap_expect: 0, retry_join: [`127.0.0.1:${self.DebugConfig.SerfPortLAN}`] };
};

const TERM_STORIES = [
  ending('SIGTERM', 'a follower', TERM_MS),
  ending('SIGTERM', 'the leader', TERM_MS),
  joining,
  pausing('a follower'),
  pausing('the leader'),
];

export const fleet: Measure = {
  name: 'fleet',
  about: 'what befalls three instances, ten times each: take-over, nodes moved, nodes harmed (7 minutes)',
  async run(tell) {
    const figures = await Promise.all([
      ofOneAgent('terms', TERM_STORIES, tell),
      ofOneAgent('kills', [ending('SIGKILL', 'a follower', KILL_MS)], tell),
      ofOneAgent('leaders', [ending('SIGKILL', 'the leader', KILL_MS)], tell),
      ofAnAgentThatDies(tell).then(async (seen) => [...seen, ...(await ofACluster(tell))]),
    ]);
    return figures.flat();
  },
};
