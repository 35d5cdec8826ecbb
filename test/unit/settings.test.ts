import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { consulAccess, consulTls, nodeRunSettings, probeTls } from '../../src/settings.ts';

const { config } = await loadConfig([], {});

it('gives nodes and checks the intervals, the time-out and the thresholds', () => {
  expect(nodeRunSettings({ ...config, passingThreshold: 1, criticalThreshold: 2 })).toEqual({
    thresholds: { passing: 1, critical: 2 },
    checkUpdateIntervalMs: 300_000,
    nodeReconnectTimeoutMs: 72 * 3_600_000,
    nodeHealthRefreshIntervalMs: 3_600_000,
    nodeProbeIntervalMs: 10_000,
  });
});

it('keeps the TLS files of Consul and those of targets apart', () => {
  const files = {
    ...{ caFile: 'ca', caPath: 'cas', certFile: 'cert', keyFile: 'key', tlsServerName: 'consul', tlsSkipVerify: true },
    ...{ httpsCaFile: 'tca', httpsCaPath: 'tcas', httpsCertFile: 'tcert', httpsKeyFile: 'tkey' },
  };
  expect(consulTls({ ...config, ...files })).toEqual({
    ...{ caFile: 'ca', caPath: 'cas', certFile: 'cert', keyFile: 'key', serverName: 'consul', verify: false },
  });
  expect(probeTls({ ...config, ...files })).toEqual({
    ...{ caFile: 'tca', caPath: 'tcas', certFile: 'tcert', keyFile: 'tkey' },
  });
});

it('joins user and password, or gives nothing', () => {
  expect(consulAccess(config).httpAuth).toBe('');
  expect(consulAccess({ ...config, httpAuth: { username: 'u', password: 'p:w' } }).httpAuth).toBe('u:p:w');
});
