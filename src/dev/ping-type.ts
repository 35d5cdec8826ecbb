/** Which way of pinging works on this machine. */
import { systemClock, systemStopwatch } from '../clock.ts';
import { createPinger } from '../probes/pinger.ts';
import { RunSignal } from '../run-signal.ts';

const PATIENCE_MS = 2_000;

/** `udp` where the daemon's own ICMP reaches the machine itself, else `tcp`. */
export async function choosePingType(): Promise<'udp' | 'tcp'> {
  await using pinger = createPinger({ pingType: 'udp', clock: systemClock, stopwatch: systemStopwatch });
  const myself = { address: '127.0.0.1', port: undefined };
  const outcome = await pinger.ping(myself, PATIENCE_MS, new RunSignal());
  return outcome.type === 'answered' ? 'udp' : 'tcp';
}
