/** What to do where a test cannot have a network of its own. */

const REMEDIES: readonly (readonly [complaint: RegExp, remedy: string])[] = [
  [/spawn (ip|nsenter|unshare) ENOENT|: ip: not found/, 'install iproute2 and util-linux'],
  [
    /unshare failed|Operation not permitted|uid_map|No space left on device/,
    'this kernel refuses namespaces to this user: run as root, or allow them with `sysctl user.max_user_namespaces=15000 ' +
      'user.max_net_namespaces=15000`, `sysctl kernel.unprivileged_userns_clone=1` (Debian) and ' +
      '`sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu); in a container, add the capability SYS_ADMIN',
  ],
  [
    /Unknown device type|Operation not supported/,
    'this kernel lacks the modules `bridge` and `veth`: load them with modprobe',
  ],
];

/** The complaint of `unshare`, `ip` or `nsenter`, with the remedy when there is one. */
export function remedyFor(complaint: string): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(complaint));
  return known === undefined ? complaint : `${complaint.trim()}\nRemedy: ${known[1]}.`;
}
