/** What a running daemon holds: its heap after a collection, what keeps its event loop alive, its open descriptors. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { TestDaemon } from './daemon.ts';
import { eventually } from './eventually.ts';

export interface Holdings {
  readonly heapBytes: number;
  readonly descriptors: number;
  /** Timers, sockets and the like by their kind, as `process.getActiveResourcesInfo` calls them. */
  readonly resources: Readonly<Record<string, number>>;
}

export interface Innards {
  /** The environment of the daemon to look into. */
  readonly env: Readonly<Record<string, string>>;
  /** The least of each that was seen at some looks in a row: what the daemon holds while no probe or beat is under way. */
  atRest(daemon: TestDaemon): Promise<Holdings>;
  /** How many descriptors it has open now. */
  descriptors(daemon: TestDaemon): Promise<number>;
}

/** Looks half a second apart, for longer than the 5 s between two beats. */
const LOOKS = 12;
const LOOK_MS = 500;

/** Run by the daemon before its own program. Node collects all garbage on demand only when told so. */
const PRELOADED = `
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const file = process.env.TEST_INNARDS_FILE;
  writeFileSync(file + '.part', JSON.stringify({ heapBytes: process.memoryUsage().heapUsed, resources }));
  renameSync(file + '.part', file);
});
`;

const descriptorsOf = async ({ pid }: TestDaemon): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length;

/** What is seen passes through a file in `folder`. */
export function lookInto(folder: string): Innards {
  const file = join(folder, 'innards.json');
  const look = async (daemon: TestDaemon): Promise<Holdings> => {
    await rm(file, { force: true });
    daemon.signal('SIGUSR2');
    const text = await eventually('what the daemon holds', () => readFile(file, 'utf8'));
    const seen = JSON.parse(text) as Omit<Holdings, 'descriptors'>; // safe: the program above writes it
    return { ...seen, descriptors: await descriptorsOf(daemon) };
  };
  return {
    env: {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(PRELOADED)}`,
      TEST_INNARDS_FILE: file,
    },
    async atRest(daemon) {
      let least = await look(daemon);
      for (let looks = 1; looks < LOOKS; looks += 1) {
        await pause(LOOK_MS);
        least = leastOf(least, await look(daemon));
      }
      return least;
    },
    descriptors: descriptorsOf,
  };
}

/** A kind that is not there at every look is not there at rest. */
const leastOf = (a: Holdings, b: Holdings): Holdings => ({
  heapBytes: Math.min(a.heapBytes, b.heapBytes),
  descriptors: Math.min(a.descriptors, b.descriptors),
  resources: Object.fromEntries(
    Object.entries(a.resources).flatMap(([kind, count]) => {
      const other = b.resources[kind];
      return other === undefined ? [] : [[kind, Math.min(count, other)]];
    }),
  ),
});
