/**
 * The watch of all checks. Of a catalog so large that its list costs Consul a second and more, the list is read less often, and two
 * cheaper questions find what must not wait for it: the checks that are not passing or bear no output, and those of a node that is new.
 */
import type { CheckRecord } from '../../machines/model.ts';
import { type AnswerHead, listOf } from './answer.ts';
import { type CheckDifference, CheckList } from './check-list.ts';
import type { ConsulClient } from './client.ts';
import type { CheckNews, Watch, WatchObserver } from './consul.ts';
import { parseCheck, parseList } from './parse.ts';
import type { Records } from './records.ts';
import type { Query } from './transport.ts';
import { type BlockingQuery, startWatch } from './watch.ts';

export interface ChecksOptions {
  readonly client: ConsulClient;
  /** Learns every record before the observer does. */
  readonly records: Records;
  /** Read anew for every question. */
  readonly query: () => Query;
  /** Is a crowd of own writes on its way, each of which changes the list? Default: never. */
  readonly isCrowded?: (() => boolean) | undefined;
  /** A list of more bytes is dear. Default: 4 MiB, some 8,000 checks, which cost Consul a quarter of a second. */
  readonly dearBytes?: number | undefined;
}

export interface RunningChecksWatch extends Watch {
  /** These nodes are new: their checks are read at once, if it would take long to find them in the list. */
  lookAt(nodes: readonly string[]): void;
}

const DEAR_BYTES = 4 * 1024 * 1024;

/** What Consul writes in a millisecond (seen: 24 MB in 1.5 s): a dear list is asked for half of the time at most. */
const BYTES_PER_MS = 16_000;

/** What it looks through for the few that are not passing (24 MB in 80 ms); such a question is asked a quarter of the time. */
const GLANCED_BYTES_PER_MS = 80_000;

/** A list that a crowd of own writes changes tells nearly nothing but these: it is read every 2 s, not with every transaction. */
const CROWD_REST_MS = 2_000;

/** What is asked beside a dear one: both every 2 s made a request for less than sixty of the writes. */
const CROWD_GLANCE_REST_MS = 2 * CROWD_REST_MS;

/** More new nodes than this are found sooner in the list. */
const MOST_LOOKED_AT = 32;

const WHAT = 'watching checks';
const PATH = '/v1/health/state/any';
const NOT_PASSING = ['filter', 'Status != "passing"'] as const;
const NOT_PASSING_OR_SILENT = ['filter', 'Status != "passing" or Output == ""'] as const;

/** A check that bears no output is new, unless more than this bear none: those of a catalog that nobody has probed yet, or that nobody can. */
const MOST_SILENT = 1_000;

export function watchChecks(options: ChecksOptions, observer: WatchObserver<CheckNews>): RunningChecksWatch {
  const { client, records, query, isCrowded = () => false, dearBytes = DEAR_BYTES } = options;
  const stopped = new AbortController();
  let lastIndex = 0;
  let glance: Watch | undefined;
  let listBytes = 0;
  let areSilentFew = false;

  const known: Records['get'] = (key) => records.get(key);

  /** What a question found that was asked beside the list, and is no older. */
  const learn = (checks: readonly CheckRecord[], index: number): void => {
    const isNew = ({ key, modifyIndex }: CheckRecord): boolean => (records.get(key)?.modifyIndex ?? 0) < modifyIndex;
    const changed = checks.filter(isNew);
    for (const check of changed) records.learn(check);
    if (changed.length > 0) observer.onAnswer({ isWhole: false, changed, gone: [] }, index);
  };

  const startGlance = (): Watch =>
    startWatch(
      client,
      reading('watching checks that are not passing or new', client, {
        known,
        query: () => [...query(), areSilentFew ? NOT_PASSING_OR_SILENT : NOT_PASSING],
        crowdRestMs: () => (isCrowded() ? CROWD_GLANCE_REST_MS : 0),
        restMs: () => listBytes / GLANCED_BYTES_PER_MS,
      }),
      {
        onAnswer: ({ changed, keep }, index) => {
          if (index < lastIndex) return;
          learn(changed, index);
          keep();
        },
        onTrouble: () => undefined, // the list is asked for all the while, and tells of the same
      },
    );

  const takeIn = (difference: CheckDifference, index: number): void => {
    const news = mirrored(records, difference, index, lastIndex);
    difference.keep();
    lastIndex = index;
    listBytes = difference.bytes;
    if (listBytes > dearBytes) {
      const wereSilentFew = areSilentFew;
      areSilentFew = records.count(({ output }) => output === '') <= MOST_SILENT;
      if (glance === undefined) glance = startGlance();
      else if (areSilentFew !== wereSilentFew) glance.wake(); // the question on its way is the other one
    } else {
      glance?.stop();
      glance = undefined;
    }
    if (news.isWhole || news.changed.length + news.gone.length > 0) observer.onAnswer(news, index);
  };

  const whole = startWatch(
    client,
    reading(WHAT, client, {
      known,
      query,
      isAnew: (index) => index < lastIndex,
      crowdRestMs: () => (isCrowded() ? CROWD_REST_MS : 0),
      isDoubtful: ({ size }) => size === 0,
      restMs: () => (listBytes > dearBytes ? listBytes / BYTES_PER_MS : 0),
    }),
    { ...observer, onAnswer: takeIn },
  );

  const readChecks = async (node: string): Promise<void> => {
    const answer = await client.ask(
      { method: 'GET', path: `/v1/health/node/${encodeURIComponent(node)}` },
      stopped.signal,
    );
    const { status, index = 0 } = answer;
    if (status !== 200 || index < lastIndex || stopped.signal.aborted) return;
    learn(parseList(listOf(`reading checks of ${node}`, answer), parseCheck), index);
  };

  return {
    stop() {
      stopped.abort();
      whole.stop();
      glance?.stop();
    },
    wake() {
      whole.wake();
      glance?.wake();
    },
    lookAt(nodes) {
      if (glance === undefined || nodes.length > MOST_LOOKED_AT) return;
      for (const node of nodes) readChecks(node).catch(() => undefined); // the list will tell them
    },
  };
}

type Question = BlockingQuery<CheckDifference>;

interface Reading extends Pick<Question, 'crowdRestMs' | 'restMs' | 'isDoubtful'> {
  readonly known: Records['get'];
  readonly query: () => Query;
  /** Is an answer of this index held against nothing? */
  readonly isAnew?: (index: number) => boolean;
}

/** A question for checks, of which an answer tells what changed. */
const reading = (what: string, { clock }: ConsulClient, { query, isAnew, known, ...rest }: Reading): Question => {
  const list = new CheckList(what, clock, known);
  const isReadAnew = ({ index = 0 }: AnswerHead): boolean => isAnew?.(index) ?? false;
  return {
    ...rest,
    what,
    path: PATH,
    get query() {
      return query();
    },
    reader: (head) => list.begin(isReadAnew(head)),
    readMs: () => list.readMs,
    parse: (answer) => list.read(answer, isReadAnew(answer)),
    isEachTold: true, // an edit of a node's meta may change the list and not its index
  };
};

const mirrored = (records: Records, difference: CheckDifference, index: number, lastIndex: number): CheckNews => {
  const { isWhole, changed, gone } = difference;
  if (isWhole) return { isWhole, changed: records.replace(changed, index, lastIndex), gone: [] };
  return { isWhole, ...records.change(changed, gone, index) };
};
