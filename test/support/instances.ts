/** The daemons of one fleet, by instance id. */
import type { TestDaemon } from './daemon.ts';
import type { Fleet } from './fleet.ts';

export interface Instances extends AsyncDisposable {
  /** The daemon of that id; throws when none was started. */
  get(instanceId: string): TestDaemon;
  /** One for each id, the last that was started. */
  readonly all: readonly TestDaemon[];
  /** Starts one more, or one that has ended anew; nothing is awaited but the process. */
  start(instanceId: string, more?: string): Promise<TestDaemon>;
}

/** Starts a daemon for each id, with `more` in the configuration of all. */
export async function startInstances(fleet: Fleet, ids: readonly string[], more = ''): Promise<Instances> {
  const daemons = new Map<string, TestDaemon>();
  const started: TestDaemon[] = [];
  const start = async (id: string, extra = more): Promise<TestDaemon> => {
    const daemon = await fleet.start(extra, id);
    started.push(daemon);
    daemons.set(id, daemon);
    return daemon;
  };
  await Promise.all(ids.map((id) => start(id)));
  return {
    get(id) {
      const daemon = daemons.get(id);
      if (daemon === undefined) throw new Error(`no instance '${id}' was started`);
      return daemon;
    },
    get all() {
      return [...daemons.values()];
    },
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((daemon) => daemon[Symbol.asyncDispose]()));
    },
  };
}
