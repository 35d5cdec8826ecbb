/** What `consul-esm dev` says before the daemon's own log. */
import type { Config } from '../config/config.ts';
import type { DevConsul } from './dev-consul.ts';
import type { Targets } from './targets.ts';

/** Every command in it can be pasted into another terminal. */
export const introduction = ({ about, config, names }: DevConsul, { port, controlUrl }: Targets): string => `
Consul          ${config.httpAddr} (${about})
External node   ${names.node}, pinged by ${pingOf(config)}, with checks on http://127.0.0.1:${port}/health and 127.0.0.1:${port}

See its checks               ${curl(config)} '${config.httpAddr}/v1/health/node/${names.node}?pretty'
Make the HTTP target fail    curl -X PUT ${controlUrl}/fail
Make both targets vanish     curl -X PUT ${controlUrl}/kill   (30 s later the service is removed)
Bring all of it back         curl -X PUT ${controlUrl}/heal
Stop                         Ctrl-C

`;

const curl = ({ token }: Config): string => (token === '' ? 'curl' : 'curl -H "X-Consul-Token: $CONSUL_HTTP_TOKEN"');

const pingOf = ({ pingType }: Config): string =>
  pingType === 'tcp' ? 'TCP, for want of ICMP on this machine' : 'ICMP';
