/** How often one blocking query may ask: two at once, then no more than the last answer's cost allows. */

/** Queries that may follow each other at once: a change that comes while idle is never delayed. */
const BURST = 2;

/** An answer that cost c ms is followed by a gap of four times c: a fifth of the time at most goes to one query. */
const GAP_PER_COST = 4;

/** The least gap, so that a server whose answers come at once and cost nothing is asked no more than 50 times a second. */
const LEAST_GAP_MS = 20;

/** The state of a bucket. Times are those of one clock, in milliseconds. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
  readonly gapMs: number;
}

export const fullBucket = (nowMs: number): Bucket => ({ tokens: BURST, atMs: nowMs, gapMs: LEAST_GAP_MS });

/** The bucket after an answer that took `costMs` to read and handle, and after which Consul wants to rest for `restMs`. */
export const afterCost = (bucket: Bucket, costMs: number, restMs: number): Bucket => ({
  ...bucket,
  gapMs: Math.max(LEAST_GAP_MS, costMs * GAP_PER_COST, restMs),
});

/** The same, and nothing follows at once. */
export const emptied = (bucket: Bucket): Bucket => ({ ...bucket, tokens: Math.min(0, bucket.tokens) });

/** Takes a token: the bucket without it, and how long to wait before asking. */
export function take(bucket: Bucket, nowMs: number): { readonly bucket: Bucket; readonly waitMs: number } {
  const gained = Math.max(0, nowMs - bucket.atMs) / bucket.gapMs;
  const tokens = Math.min(BURST, bucket.tokens + gained) - 1;
  const waitMs = tokens >= 0 ? 0 : -tokens * bucket.gapMs;
  return { bucket: { ...bucket, tokens, atMs: nowMs }, waitMs };
}
