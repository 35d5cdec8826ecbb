/** What the daemon says on stdout before its log, unless the log is JSON. */
import { formatGoDuration } from '../duration.ts';

export interface BannerValues {
  /** Empty: the agent's own. */
  readonly datacenter: string;
  readonly service: string;
  readonly serviceTag: string;
  readonly serviceId: string;
  readonly leaderKey: string;
  readonly nodeReconnectTimeoutMs: number;
}

const WIDTH = 'Node Reconnect Timeout'.length;

/** `72h0m0s` is `72h` in a person's hand. */
const shortDuration = (ms: number): string =>
  formatGoDuration(ms)
    .replace(/(?<=m)0s$/, '')
    .replace(/(?<=h)0m$/, '');

/** The banner, with a line break at its end, as the Go ESM prints it. */
export function banner(values: BannerValues): string {
  const lines: readonly (readonly [string, string])[] = [
    ['Datacenter', values.datacenter === '' ? '(default)' : JSON.stringify(values.datacenter)],
    ['Service', JSON.stringify(values.service)],
    ['Service Tag', JSON.stringify(values.serviceTag)],
    ['Service ID', JSON.stringify(values.serviceId)],
    ['Leader Key', JSON.stringify(values.leaderKey)],
    ['Node Reconnect Timeout', JSON.stringify(shortDuration(values.nodeReconnectTimeoutMs))],
  ];
  const table = lines.map(([label, value]) => `${label.padStart(WIDTH)}: ${value}`);
  return ['Consul ESM running!', ...table, '', 'Log data will now stream in as it occurs:', ''].join('\n');
}
