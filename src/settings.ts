/** What the parts of the daemon read of the configuration. */
import type { Config } from './config/config.ts';
import type { ConsulOptions } from './consul/client.ts';
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

/** Where Consul is, and as whom to speak to it. */
export const consulAccess = (config: Config): Omit<ConsulOptions, 'clock' | 'random' | 'env' | 'planes'> => ({
  httpAddr: config.httpAddr,
  token: config.token,
  httpAuth: consulAuth(config),
  datacenter: config.datacenter,
  partition: config.partition,
  tls: consulTls(config),
});

/** CONSUL_HTTP_AUTH as one text; empty: none. */
const consulAuth = ({ httpAuth }: Config): string =>
  httpAuth === undefined ? '' : `${httpAuth.username}:${httpAuth.password}`;

export const probeTls = (config: Config): ProbeTlsFiles => ({
  caFile: config.httpsCaFile,
  caPath: config.httpsCaPath,
  certFile: config.httpsCertFile,
  keyFile: config.httpsKeyFile,
});
