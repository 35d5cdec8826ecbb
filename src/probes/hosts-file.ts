/** The hosts file: names that need no resolver, and so cannot hang. */
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

/** How the file is looked at; the default is the machine's own. */
const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

/** A change of the file is seen within this time; looking at it costs a system call. */
const LOOK_AGAIN_AFTER_MS = 1_000;

/** Reads lines of `address name alias...`; names are compared without regard to case. */
export const parseHosts = (text: string): ReadonlyMap<string, readonly string[]> => {
  const byName = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const addresses = byName.get(name.toLowerCase()) ?? [];
      if (!addresses.includes(address)) byName.set(name.toLowerCase(), [...addresses, address]);
    }
  }
  return byName;
};

/** Follows the hosts file. Answers at once, from memory; never throws: a file that cannot be read holds no names. */
export const createHostsFile = (
  now: () => number,
  path = HOSTS_FILE,
): { addressesOf(name: string): readonly string[] | undefined } => {
  let byName: ReadonlyMap<string, readonly string[]> = new Map();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let version = '';
  const look = (): void => {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const seen = [mtimeMs, size, ino].join(' ');
      if (seen === version) return;
      version = seen;
      byName = parseHosts(readFileSync(path, 'utf8'));
    } catch {
      version = '';
      byName = new Map();
    }
  };
  return {
    addressesOf(name) {
      if (Math.abs(now() - lookedAtMs) >= LOOK_AGAIN_AFTER_MS) {
        lookedAtMs = now();
        look();
      }
      return byName.get(name.toLowerCase().replace(/\.$/, ''));
    },
  };
};
