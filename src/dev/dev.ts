/** `consul-esm dev`: a Consul, two targets, an external node, and the daemon in front, in one process. */
import type { Config } from '../config/config.ts';
import { createDaemon } from '../daemon.ts';
import type { Log } from '../observe/log.ts';
import { endOnUncaught, openLog } from '../open-log.ts';
import { versionLine } from '../version.ts';
import { untilToldToEnd } from './ending.ts';
import { registerExample } from './example.ts';
import { DEV_USAGE, type DevOptions, readDevFlags } from './flags.ts';
import { startInMemory } from './in-memory.ts';
import { introduction } from './introduction.ts';
import { choosePingType } from './ping-type.ts';
import { useReal } from './real.ts';
import { startTargets } from './targets.ts';

const say = (text: string): void => void process.stdout.write(text);

/** Runs until it is told to end; resolves to the exit code. Throws `ESM_FLAGS_INVALID`, or what the daemon cannot start for. */
export async function dev(argv: readonly string[]): Promise<number> {
  const options = readDevFlags(argv);
  if (options === undefined) {
    say(DEV_USAGE);
    return 0;
  }
  return await rehearse(options, untilToldToEnd());
}

/** All that it starts and registers is gone when it settles, the last first. */
async function rehearse({ consul: url, port, logLevel }: DevOptions, ending: AbortSignal): Promise<number> {
  await using consul = await (url === undefined ? startInMemory(port) : useReal(url));
  const surface = { clientAddress: '127.0.0.1:0' };
  const config: Config = { ...consul.config, ...surface, logLevel, pingType: await choosePingType() };
  await using targets = await startTargets();
  await using example = await registerExample(config, { ...consul.names, port: targets.port });
  if (ending.aborted) return 0;
  say(introduction({ ...consul, config }, targets));
  const log = openLog(config);
  try {
    endOnUncaught(log);
    log.info(versionLine);
    targets.follow(async (state) => {
      log.info(`Both targets are ${state}`);
      if (state === 'well') await example.restore();
    });
    return await runDaemon(config, log, ending);
  } finally {
    await log.close();
  }
}

async function runDaemon(config: Config, log: Log, ending: AbortSignal): Promise<number> {
  await using daemon = await createDaemon(config, { log });
  const stop = (): void => {
    log.info(`Stopping on ${String(ending.reason)}`);
    daemon.stop();
  };
  const running = daemon.start();
  if (ending.aborted) stop();
  else ending.addEventListener('abort', stop);
  const verdict = await running;
  if (verdict.type === 'stopped') return 0;
  process.stderr.write(`consul-esm: ${verdict.message}\n`);
  return verdict.exitCode;
}
