/** What the kernel has counted of ICMP in this network namespace. */
import { readFileSync } from 'node:fs';

export const icmpCount = (name: 'InEchos' | 'OutEchos'): number => {
  const [names = [], values = []] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
};
