/** `consul-esm inspect`: the statecharts of a running daemon, for the Stately inspector. */
import { once } from 'node:events';
import { untilToldToEnd } from '../ending.ts';
import { INSPECT_USAGE, readInspectFlags } from './flags.ts';
import { startRelay } from './relay.ts';
import { findIds } from './reports.ts';

const say = (text: string): void => void process.stdout.write(text);

/** Runs until it is told to end; resolves to the exit code. Throws `ESM_FLAGS_INVALID`, or that there is no such daemon. */
export async function inspect(argv: readonly string[]): Promise<number> {
  const options = readInspectFlags(argv);
  if (options === undefined) {
    say(INSPECT_USAGE);
    return 0;
  }
  const ending = untilToldToEnd();
  await findIds(options.daemon, '', ending);
  await using relay = await startRelay(options);
  say(`Open ${relay.url} in a browser. Ctrl-C ends it.\n`);
  if (!ending.aborted) await once(ending, 'abort');
  return 0;
}
