/** The program as a library: what main.ts starts. */
export { createDaemon, type Daemon, type DaemonDeps } from './daemon.ts';
export { loadConfig, type LoadedConfig } from './config/load.ts';
export { describeConfig, type Config } from './config/config.ts';
export { EsmError, type EsmErrorCode } from './errors.ts';
export type { Log, LogFields, LogLevel } from './observe/log.ts';
