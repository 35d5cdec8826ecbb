/** The watch of the own list: of its first key alone, which changes with every change of the list. */
import type { ConsulClient } from './client.ts';
import type { ShareEntry, Watch, WatchObserver } from './consul.ts';
import { kvPath, parseEntries } from './kv.ts';
import { readShare } from './read-share.ts';
import { startWatch } from './watch.ts';

export function watchShare(client: ConsulClient, key: string, observer: WatchObserver<ShareEntry>): Watch {
  const what = `watching ${key}`;
  return startWatch(
    client,
    {
      what,
      path: kvPath(key),
      isAbsentOk: true,
      permission: `read on key ${key}`,
      parse: (answer, signal) => readShare(client, parseEntries(what, answer)[0], signal),
      isDoubtful: ({ type }) => type === 'absent',
    },
    observer,
  );
}
