import { expect, it } from 'vitest';
import { banner, type BannerValues } from '../../../src/observe/banner.ts';

const HOUR_MS = 3_600_000;

const VALUES: BannerValues = {
  datacenter: '',
  service: 'consul-esm',
  serviceTag: '',
  serviceId: 'consul-esm:one',
  leaderKey: 'consul-esm/lock',
  nodeReconnectTimeoutMs: 72 * HOUR_MS,
};

it('shows what runs, to the letter', () => {
  expect(banner(VALUES)).toBe(`Consul ESM running!
            Datacenter: (default)
               Service: "consul-esm"
           Service Tag: ""
            Service ID: "consul-esm:one"
            Leader Key: "consul-esm/lock"
Node Reconnect Timeout: "72h"

Log data will now stream in as it occurs:
`);
});

it('quotes what somebody else chose', () => {
  expect(banner({ ...VALUES, datacenter: 'dc1', serviceTag: 'a\n"b"' })).toContain(
    String.raw`Datacenter: "dc1"` +
      '\n               Service: "consul-esm"\n' +
      String.raw`           Service Tag: "a\n\"b\""`,
  );
});

it.each([
  [1.5 * HOUR_MS, '1h30m'],
  [10 * HOUR_MS + 5_000, '10h0m5s'],
  [600_000, '10m'],
  [90_000, '1m30s'],
  [0, '0s'],
])('writes %i ms as %s', (nodeReconnectTimeoutMs, text) => {
  expect(banner({ ...VALUES, nodeReconnectTimeoutMs })).toContain(`Node Reconnect Timeout: "${text}"\n`);
});
