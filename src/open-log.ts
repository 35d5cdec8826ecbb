/** The program's own log: the banner and the lines on stdout, and to syslog where that is wanted. */
import type { Config } from './config/config.ts';
import { banner } from './observe/banner.ts';
import { createLog } from './observe/create-log.ts';
import { parseFacility } from './observe/facility.ts';
import { fdSink } from './observe/fd.ts';
import type { LogLevel, OwnedLog } from './observe/log.ts';
import type { OpenSink } from './observe/sink.ts';
import { syslogSink } from './observe/syslog.ts';

/** Opens the log; the banner is on its way. */
export const openLog = (config: Config): OwnedLog => {
  const serviceId = `${config.consulService}:${config.instanceId}`;
  const preface = banner({
    datacenter: config.datacenter,
    service: config.consulService,
    serviceTag: config.consulServiceTag,
    serviceId,
    leaderKey: config.leaderKey,
    nodeReconnectTimeoutMs: config.nodeReconnectTimeoutMs,
  });
  const sinks: OpenSink[] = [fdSink({ preface })];
  if (config.enableSyslog) sinks.push(syslogSink({ facility: parseFacility(config.syslogFacility) }));
  return createLog({ level: levelOf(config), sinks });
};

/** Any case in the file; the schema lets through the known ones only. */
export const levelOf = (config: Config): LogLevel => config.logLevel.toUpperCase() as LogLevel; // safe: checked by the schema

/** A failure that nobody caught ends the process with code 1, and the log says why. */
export const endOnUncaught = (log: OwnedLog): void => {
  const end = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`Unexpected failure, exiting: ${message}`, { error });
    void log.close().finally(() => process.exit(1));
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
};
