/** One life of the daemon: configuration, log, signals, and the exit code it ends with. */
import { loadConfig } from './config/load.ts';
import { changedKeys } from './config/changes.ts';
import type { Config } from './config/config.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import type { Log, OwnedLog } from './observe/log.ts';
import { endOnUncaught, levelOf, openLog } from './open-log.ts';
import { versionLine } from './version.ts';

/** Reads the same files again, and takes over what can change in place; a bad configuration changes nothing. */
const reload = async (sources: readonly string[], running: Config, daemon: Daemon, log: OwnedLog): Promise<Config> => {
  try {
    const { config, notes } = await loadConfig(sources, process.env, () => running.instanceId);
    const { live, restart } = changedKeys(running, config);
    await daemon.reconfigure(config);
    log.setLevel(levelOf(config));
    log.info('Configuration reloaded', { changed: live });
    if (restart.length > 0) log.warn('Settings changed that need a restart', { settings: restart });
    for (const note of notes) log.warn(note);
    return config;
  } catch (error) {
    log.error(`Configuration not reloaded, the running one stays: ${messageOf(error)}`);
    return running;
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Forwards signals until `stop` is called. A second order to end ends at once. */
const onSignals = (daemon: Daemon, log: Log, onReload: () => void): void => {
  let isStopping = false;
  const end = (signal: string): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info(`Stopping on ${signal}`);
    daemon.stop();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('SIGHUP', onReload);
};

/** Resolves to the exit code. Rejects with an `EsmError` when the configuration is no good. */
export const run = async (sources: readonly string[]): Promise<number> => {
  const { config, notes } = await loadConfig(sources, process.env);
  let running = config;
  const log = openLog(config);
  try {
    endOnUncaught(log);
    log.info(versionLine);
    for (const note of notes) log.warn(note);
    await using daemon = await createDaemon(config, { log });
    let reloading = Promise.resolve();
    onSignals(daemon, log, () => {
      reloading = reloading.then(async () => {
        running = await reload(sources, running, daemon, log);
      });
    });
    const verdict = await daemon.start();
    if (verdict.type === 'stopped') return 0;
    process.stderr.write(`consul-esm: ${verdict.message}\n`);
    return verdict.exitCode;
  } finally {
    await log.close();
  }
};
