/** What the parts of the daemon read of the configuration. */
import type { Config } from './config/config.ts';
import type { ConsulTls } from './consul/tls.ts';
import type { ProbeTlsFiles } from './probes/secure.ts';
import type { NodeRunSettings } from './running-node.ts';

/** May change in place by a reload. */
export const nodeRunSettings = (config: Config): NodeRunSettings => ({
  thresholds: { passing: config.passingThreshold, critical: config.criticalThreshold },
  checkUpdateIntervalMs: config.checkUpdateIntervalMs,
  nodeReconnectTimeoutMs: config.nodeReconnectTimeoutMs,
  nodeHealthRefreshIntervalMs: config.nodeHealthRefreshIntervalMs,
  nodeProbeIntervalMs: config.nodeProbeIntervalMs,
});

export const consulTls = (config: Config): ConsulTls => ({
  caFile: config.caFile,
  caPath: config.caPath,
  certFile: config.certFile,
  keyFile: config.keyFile,
  serverName: config.tlsServerName,
  verify: !config.tlsSkipVerify,
});

/** CONSUL_HTTP_AUTH as one text; empty: none. */
export const consulAuth = ({ httpAuth }: Config): string =>
  httpAuth === undefined ? '' : `${httpAuth.username}:${httpAuth.password}`;

export const probeTls = (config: Config): ProbeTlsFiles => ({
  caFile: config.httpsCaFile,
  caPath: config.httpsCaPath,
  certFile: config.httpsCertFile,
  keyFile: config.httpsKeyFile,
});
