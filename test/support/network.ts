/** Hosts with links to one switch, each a network namespace of its own. Only inside `inNamespace`, where this user may. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { remedyFor } from './network-remedy.ts';

export interface Host {
  readonly name: string;
  readonly address: string;
  /** What runs a program on this host: the program and its arguments are added to it. */
  readonly runBy: readonly string[];
}

export interface Network extends AsyncDisposable {
  /** Where the test is: on the switch itself, so that no cut takes it from the hosts whose links are whole. */
  readonly address: string;
  /** The host of that name; throws when there is none. */
  host(name: string): Host;
  /** From now on whatever the host sends or is sent vanishes. Its own end of the link stays up, and it is told nothing. */
  cut(name: string): Promise<void>;
  heal(name: string): Promise<void>;
}

const SWITCH = 'switch';
const SUBNET = '10.77.0';
const TEST_ADDRESS = `${SUBNET}.1`;

/** A switch that leads nowhere: a link that is moved to it stays up at the host's end, and whatever comes in vanishes. */
const VOID = 'void';

/** Puts up the switch and hosts of these names. Rejects with the remedy when there is no `ip`, or the kernel refuses. */
export async function startNetwork(names: readonly string[]): Promise<Network> {
  await run(['ip', 'link', 'add', SWITCH, 'type', 'bridge']);
  await run(['ip', 'address', 'add', `${TEST_ADDRESS}/24`, 'dev', SWITCH]);
  await run(['ip', 'link', 'set', SWITCH, 'up']);
  // Without this the kernel would answer there for the addresses that it has elsewhere.
  await run(['ip', 'link', 'add', VOID, 'arp', 'off', 'type', 'bridge']);
  const hosts = new Map<string, Host & AsyncDisposable>();
  for (const [at, name] of names.entries()) hosts.set(name, await startHost(name, `${SUBNET}.${at + 11}`));
  return {
    address: TEST_ADDRESS,
    host(name) {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`there is no host '${name}'`);
      return host;
    },
    async cut(name) {
      await run(['ip', 'link', 'set', linkOf(name), 'master', VOID]);
      await run(['ip', 'link', 'set', linkOf(name), 'type', 'bridge_slave', 'isolated', 'on']);
    },
    heal: (name) => run(['ip', 'link', 'set', linkOf(name), 'master', SWITCH]),
    async [Symbol.asyncDispose]() {
      for (const host of hosts.values()) await host[Symbol.asyncDispose]();
      for (const bridge of [SWITCH, VOID]) await run(['ip', 'link', 'delete', bridge]);
    },
  };
}

/** Puts up a link to a subnet in which nobody answers, not even to the question who has an address. Returns addresses in it. */
export async function startSilentSubnet(count: number): Promise<readonly string[]> {
  await run(['ip', 'link', 'add', 'silent', 'type', 'veth', 'peer', 'name', VOID]);
  await run(['ip', 'address', 'add', '10.78.255.254/16', 'dev', 'silent']);
  for (const end of ['silent', VOID]) await run(['ip', 'link', 'set', end, 'up']);
  return Array.from({ length: count }, (_, at) => `10.78.${at >> 7}.${(at & 0x7f) + 1}`);
}

/** The switch's end of the link of a host. */
const linkOf = (name: string): string => `to-${name}`;

/** A namespace lives for as long as a process in it: here one that ends when its standard input does, so with the test. */
async function startHost(name: string, address: string): Promise<Host & AsyncDisposable> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready && exec cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(holder, 'close');
  const firstWord = await Promise.race([
    once(createInterface({ input: holder.stdout }), 'line'),
    once(holder.stderr, 'data'),
  ]);
  if (String(firstWord[0]) !== 'ready') throw new Error(remedyFor(String(firstWord[0])));
  const pid = String(holder.pid);
  const runBy = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
  const link = linkOf(name);
  await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid]);
  await run(['ip', 'link', 'set', link, 'master', SWITCH, 'up']);
  await run([...runBy, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth0']);
  for (const device of ['lo', 'eth0']) await run([...runBy, 'ip', 'link', 'set', device, 'up']);
  return {
    ...{ name, address, runBy },
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await ended;
    },
  };
}

async function run([program = '', ...args]: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args);
  } catch (cause) {
    throw new Error(remedyFor(cause instanceof Error ? cause.message : String(cause)), { cause });
  }
}
