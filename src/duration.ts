/** Go's durations: `"1h30m"`, `"1.5s"`, `"-100ms"`. Users know them from Consul, in files and in the catalog alike. */

/** Nanoseconds in each unit. Both code points for micro are Go's. */
const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5, micro sign
  μs: 1_000n, // U+03BC, Greek mu
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const NS_PER_MS = 1_000_000;

/** Go holds a duration in 63 bits of nanoseconds and a sign: about 292 years. */
const LARGEST_NS = 2n ** 63n - 1n;

// Whole and fraction apart: a float64 of nanoseconds is exact for 104 days only.
const toMs = (ns: bigint): number => Number(ns / BigInt(NS_PER_MS)) + Number(ns % BigInt(NS_PER_MS)) / NS_PER_MS;
const toNs = (ms: number): bigint =>
  BigInt(Math.trunc(ms)) * BigInt(NS_PER_MS) + BigInt(Math.round((ms % 1) * NS_PER_MS));

const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** What stands behind the point, by way of a float64 as in Go. Digits beyond 63 bits do not count. */
const fractionNs = (digits: string, unitNs: bigint): bigint => {
  let length = Math.min(digits.length, 19);
  if (BigInt(digits.slice(0, length) || '0') > LARGEST_NS) length -= 1;
  return BigInt(Math.trunc(Number(digits.slice(0, length)) * (Number(unitNs) / 10 ** length)));
};

/**
 * Reads a duration exactly as Go's `time.ParseDuration`: sequences of a decimal number and a unit (ns, us, µs, ms, s, m, h),
 * one sign in front, `"0"` alone without unit. Returns milliseconds, fractions of them included; undefined when Go would
 * refuse the text, overflow of its 64 bits included.
 */
export const parseGoDuration = (text: string): number | undefined => {
  const isNegative = text.startsWith('-');
  const parts = /^[+-]/.test(text) ? text.slice(1) : text;
  if (parts === '0') return 0;
  if (parts === '') return undefined;
  let totalNs = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < parts.length) {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(parts) ?? [];
    const unitNs = Object.hasOwn(UNIT_NS, unit) ? UNIT_NS[unit] : undefined;
    if (unitNs === undefined || whole + fraction === '') return undefined;
    totalNs += BigInt(whole || '0') * unitNs + fractionNs(fraction, unitNs);
  }
  if (totalNs > LARGEST_NS + (isNegative ? 1n : 0n)) return undefined;
  return (isNegative ? -1 : 1) * toMs(totalNs) || 0;
};

/** A decimal number without trailing zeros: Go writes `1.5s`, never `1.500s`. */
const withUnit = (ns: bigint, unit: string): string => {
  const unitNs = UNIT_NS[unit] ?? 1n;
  const fraction = (ns % unitNs).toString().padStart(unitNs.toString().length - 1, '0');
  const decimals = unitNs === 1n ? '' : fraction.replace(/0+$/, '');
  return `${String(ns / unitNs)}${decimals === '' ? '' : `.${decimals}`}${unit}`;
};

/** Writes milliseconds as Go prints a duration: `72h0m0s`, `1m30s`, `1.5s`, `100ms`, `10ns`, `0s`. */
export const formatGoDuration = (ms: number): string => {
  const ns = toNs(Math.abs(ms));
  const sign = ms < 0 && ns > 0n ? '-' : '';
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return sign + withUnit(ns, 'ns');
  if (ns < 1_000_000n) return sign + withUnit(ns, 'µs');
  if (ns < 1_000_000_000n) return sign + withUnit(ns, 'ms');
  const minutes = ns / 60_000_000_000n;
  const seconds = withUnit(ns % 60_000_000_000n, 's');
  if (minutes === 0n) return sign + seconds;
  return sign + (minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`);
};

/** Writes milliseconds as people write a duration: Go's form without zeros at its end, `72h`, `1h30m`, `10s`. */
export const formatShortDuration = (ms: number): string =>
  formatGoDuration(ms)
    .replace(/(?<=m)0s$/, '')
    .replace(/(?<=h)0m$/, '');
