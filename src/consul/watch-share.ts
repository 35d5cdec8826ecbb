/** The watch of the own list: of its first key alone, which changes with every change of the list. */
import { verifyEmpty } from './acl-filter.ts';
import type { ConsulClient } from './client.ts';
import type { ShareEntry, Watch, WatchObserver } from './consul.ts';
import { kvPath, parseEntries } from './kv.ts';
import { readShare } from './read-share.ts';
import { startWatch } from './watch.ts';

export function watchShare(client: ConsulClient, key: string, observer: WatchObserver<ShareEntry>): Watch {
  const what = `watching ${key}`;
  let share: ShareEntry = { type: 'absent' };
  return startWatch(
    client,
    {
      what,
      path: kvPath(key),
      isAbsentOk: true,
      permission: `read on key ${key}`,
      parse: (answer) => parseEntries(what, answer)[0],
      async verify(first, answer, signal) {
        share = await readShare(client, first, signal);
        if (share.type === 'absent') await verifyEmpty(client, what, answer, signal);
      },
    },
    {
      ...observer,
      onAnswer: (_, index) => {
        observer.onAnswer(share, index);
      },
    },
  );
}
