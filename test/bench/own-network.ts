/** A measure that needs ICMP sockets: where this machine refuses them, it runs in a network namespace of its own, which allows them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findConsul } from '../../src/dev/consul-binary.ts';
import { EsmError } from '../../src/errors.ts';
import { openIcmpSocket } from '../../src/probes/icmp-open.ts';
import { bringLoopbackUp, NAMESPACES, openPingGroups } from '../support/loopback.ts';
import { remedyFor } from '../support/network-remedy.ts';
import type { Figure, Measure } from './measure.ts';

/** Set for the run inside. */
const INSIDE = 'CONSUL_ESM_BENCH_INSIDE_NAMESPACE';
const PROGRAM = fileURLToPath(new URL('run.ts', import.meta.url));

const mayPing = async (): Promise<boolean> => {
  const opened = await openIcmpSocket(4);
  if (opened instanceof EsmError) return false;
  opened.calls.close(opened.fd);
  return true;
};

/** Takes the measure of that name in fresh namespaces. Rejects with the remedy where the kernel refuses them. */
const measureInside = async (name: string): Promise<readonly Figure[]> => {
  await findConsul(); // what has to be fetched is fetched while there is a network
  const bench = [process.execPath, ...process.execArgv, PROGRAM, name, '--json'];
  const env = { ...process.env, [INSIDE]: '1' };
  try {
    const { stdout } = await promisify(execFile)('unshare', [NAMESPACES, ...bench], { env });
    // safe: the bench prints its figures in this form
    return (JSON.parse(stdout) as { readonly figures: readonly Figure[] }).figures;
  } catch (error) {
    const complaint = error instanceof Error ? error.message : String(error);
    throw new Error(`pings need net.ipv4.ping_group_range opened, or a network namespace: ${remedyFor(complaint)}`, {
      cause: error,
    });
  }
};

/** The same measure, where it may ping. */
export const wherePingsMay = ({ name, about, run }: Measure): Measure => ({
  name,
  about,
  async run(tell) {
    if (process.env[INSIDE] === '1') {
      bringLoopbackUp();
      openPingGroups();
    } else if (!(await mayPing())) {
      tell('this user may not open ICMP sockets here: measured in a network namespace of its own');
      return await measureInside(name);
    }
    return await run(tell);
  },
});
