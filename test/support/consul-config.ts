/** What a test's Consul agent is told. */
export interface ConsulPorts {
  readonly http: number;
  readonly server: number;
  readonly serfLan: number;
  readonly serfWan: number;
}

export interface ConsulTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  /** Demand a client's certificate. */
  readonly verifyIncoming?: boolean;
  /** What the test's own requests present. */
  readonly client?: { readonly cert: string; readonly key: string };
}

interface AgentConfigOptions {
  readonly nodeName: string;
  readonly ports: ConsulPorts;
  readonly token: string;
  readonly dataDir?: string;
  readonly tls?: ConsulTls;
  readonly address?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The agent's configuration: a server alone, quick to elect itself, that talks to nobody else. */
export const agentConfig = ({
  nodeName,
  ports,
  token,
  dataDir,
  tls,
  address = '127.0.0.1',
  config,
}: AgentConfigOptions): object => ({
  node_name: nodeName,
  bind_addr: address,
  client_addr: address,
  log_level: 'err',
  disable_update_check: true,
  disable_remote_exec: true,
  connect: { enabled: false },
  performance: { raft_multiplier: 1 },
  limits: { http_max_conns_per_client: 2_000 }, // the fleets of a file come from one address, and the 201st connection would be closed
  ports: {
    http: tls === undefined ? ports.http : -1,
    https: tls === undefined ? -1 : ports.http,
    server: ports.server,
    serf_lan: ports.serfLan,
    serf_wan: ports.serfWan,
    dns: -1,
    grpc: -1,
  },
  ...(dataDir === undefined ? {} : { server: true, bootstrap_expect: 1, data_dir: dataDir }),
  ...(tls === undefined
    ? {}
    : {
        cert_file: tls.certFile,
        key_file: tls.keyFile,
        ca_file: tls.caFile,
        verify_incoming_https: tls.verifyIncoming ?? false,
      }),
  ...(token === '' ? {} : { acl: { enabled: true, default_policy: 'deny', tokens: { master: token, agent: token } } }),
  ...config,
});
