/** Thousands of checks change at once: how long until the catalog holds them all, and at what price to Consul. */
import type { CatalogCheck } from '../../support/catalog.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { COUNTING, grown, requestsOf, watchIndex, type IndexWatch } from '../consul-sights.ts';
import type { Figure, Measure } from '../measure.ts';
import { openRig, registerCatalog, type Rig } from '../rig.ts';
import { percentile, worst } from '../statistics.ts';

const ROUNDS = 5;

/** As Consul's own examples have it; and answers may be held back for longer. */
const [INTERVAL, TIMEOUT] = ['10s', '30s'];

const CHANGES_A_REQUEST = 60;
/** As Consul names them: a beat, a renewal, the watch of the lock. */
const ASKED_ANYWAY = /^(PUT_v1_agent_check_|PUT_v1_session_renew_|GET_v1_kv_)/;
const QUIET_MS = 500;
const DEADLINE_MS = 90_000;

type Tell = (progress: string) => void;

/** One flip of all checks. Times are from the moment that the daemon was answered. */
interface Flip {
  /** Until the catalog held the last. */
  readonly allMs: number;
  /** From the probe of a check until the catalog held it. */
  readonly lagsMs: readonly number[];
  /** All that Consul was asked meanwhile, and what of it the fleet does not ask whatever changes: beats, renewals and the pulse of the lock. */
  readonly requests: number;
  readonly forChanges: number;
}

interface Story {
  readonly checks: number;
  readonly allWithinMs: number;
  readonly what: string;
  /** Makes ready, and resolves to what lets them all flip. */
  readonly prepare: (rig: Rig, paths: readonly string[]) => Promise<(state: 'well' | 'ill') => Promise<Answered>>;
}

/** When each was answered otherwise than before, by path, and when the last was. */
interface Answered {
  readonly atMs: (path: string) => number;
  readonly lastMs: number;
}

/** All are kept waiting until each has asked, and answered together. */
const together: Story['prepare'] = async ({ target }, paths) => {
  await target.take();
  await target.hold();
  await target.untilAsked(paths, DEADLINE_MS);
  return async (state) => {
    const atMs = monotonicMs();
    await target.become(state);
    return { atMs: () => atMs, lastMs: atMs };
  };
};

/** Each is answered when it asks, within an interval. */
const asTheyAsk: Story['prepare'] = ({ target }, paths) =>
  Promise.resolve(async (state) => {
    await target.become(state);
    await target.take();
    const arrivals = await target.untilAsked(paths, DEADLINE_MS);
    const atMs = (path: string): number => arrivals[path]?.[0] ?? Number.NaN;
    return { atMs, lastMs: Math.max(...paths.map(atMs)) };
  });

const STORIES: readonly Story[] = [
  { checks: 2_000, allWithinMs: 800, what: 'answered at one moment', prepare: together },
  { checks: 20_000, allWithinMs: 8_000, what: 'as their turn comes', prepare: asTheyAsk },
];

const pathOf = ({ Definition }: CatalogCheck): string => new URL(String(Definition['HTTP'])).pathname;

/** The checks of that status, but for Consul's own. */
const checksWith = async ({ consul }: Rig, status: string): Promise<readonly CatalogCheck[]> => {
  const all = (await consul.get(`/health/state/${status}`)) as readonly CatalogCheck[]; // safe: what it answers
  return all.filter(({ Node }) => Node !== consul.nodeName);
};

/** What has flipped, once all have, and how often that was looked for. */
const untilAll = async (rig: Rig, index: IndexWatch, status: string, checks: number) => {
  const endMs = monotonicMs() + DEADLINE_MS;
  for (let looks = 1; monotonicMs() < endMs; looks += 1) {
    await index.untilQuiet(QUIET_MS);
    const flipped = await checksWith(rig, status);
    if (flipped.length === checks) return { flipped, looks };
  }
  throw new Error(`not all checks became ${status}`);
};

const flipAll = async (rig: Rig, story: Story, paths: readonly string[], round: number, tell: Tell): Promise<Flip> => {
  const [state, status] = round % 2 === 0 ? (['ill', 'critical'] as const) : (['well', 'passing'] as const);
  const flip = await story.prepare(rig, paths);
  const before = await requestsOf(rig.consul.url);
  await using index = watchIndex(rig.consul.url);
  const answered = await flip(state);
  const { flipped, looks } = await untilAll(rig, index, status, story.checks);
  const requests = grown(before, await requestsOf(rig.consul.url));
  const own = index.answered + looks + 1; // the first question for requests is among them
  const inCatalogMs = flipped.map(({ ModifyIndex }) => index.reachedMs(ModifyIndex) ?? Number.NaN);
  const lagsMs = flipped.map((check, place) => (inCatalogMs[place] ?? Number.NaN) - answered.atMs(pathOf(check)));
  const sum = (counts: Iterable<readonly [string, number]>): number =>
    [...counts].reduce((all, [, count]) => all + count, 0);
  const all = sum(requests);
  const forChanges = sum([...requests].filter(([name]) => !ASKED_ANYWAY.test(name)));
  tell(`${story.checks}: ${[...requests].map(([name, count]) => `${name} ${count}`).join(', ')}; own ${own}`);
  return {
    allMs: Math.max(...inCatalogMs) - answered.lastMs,
    lagsMs,
    requests: all - own,
    forChanges: forChanges - own,
  };
};

const tellStory = async (story: Story, tell: Tell): Promise<readonly Figure[]> => {
  await using rig = await openRig({ config: COUNTING });
  const paths = await registerCatalog(rig, story.checks, INTERVAL, TIMEOUT);
  await using daemon = await rig.startDaemon();
  await daemon.until('Obtained leadership');
  await rig.target.untilAsked(paths, DEADLINE_MS);
  const flips: Flip[] = [];
  while (flips.length < ROUNDS) {
    flips.push(await flipAll(rig, story, paths, flips.length, tell));
    tell(`${flips.length}/${ROUNDS} flips of ${story.checks}, the last in ${Math.round(flips.at(-1)?.allMs ?? 0)} ms`);
  }
  await daemon.stop();
  const figure = (name: string, unit: Figure['unit'], of: (flip: Flip) => number, target?: number): Figure => ({
    name: `${story.checks.toLocaleString('en')} checks flip, ${story.what}: ${name}`,
    ...{ unit, judgedBy: 'median', samples: flips.map(of) },
    ...(target === undefined ? {} : { target }),
  });
  return [
    figure('last answer to all in the catalog', 'ms', ({ allMs }) => allMs, story.allWithinMs),
    figure('answer to catalog, 99th percentile', 'ms', ({ lagsMs }) => percentile(lagsMs, 0.99)),
    figure('answer to catalog, worst', 'ms', ({ lagsMs }) => worst(lagsMs)),
    figure('requests to Consul', 'requests', ({ requests }) => requests),
    figure(
      'of those for the changes',
      'requests',
      ({ forChanges }) => forChanges,
      Math.floor(story.checks / CHANGES_A_REQUEST),
    ),
  ];
};

export const flips: Measure = {
  name: 'flips',
  about:
    '2,000 and 20,000 checks flip: until the catalog holds all, and requests to Consul (4 minutes; FLIPS=2000: those alone)',
  async run(tell) {
    const wanted = Number(process.env['FLIPS'] ?? 0);
    const figures: Figure[] = [];
    for (const story of STORIES)
      if (wanted === 0 || story.checks === wanted) figures.push(...(await tellStory(story, tell)));
    return figures;
  },
};
