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

/** With what it gained since it was last looked at. */
const filled = (bucket: Bucket, nowMs: number): Bucket => ({
  ...bucket,
  tokens: Math.min(BURST, bucket.tokens + Math.max(0, nowMs - bucket.atMs) / bucket.gapMs),
  atMs: nowMs,
});

/** The bucket without what it has to spare: nothing follows at once, however long the last question was held. */
export const emptied = (bucket: Bucket, nowMs: number): Bucket => {
  const full = filled(bucket, nowMs);
  return { ...full, tokens: Math.min(0, full.tokens) };
};

/** Takes a token: the bucket without it, and how long to wait before asking. */
export function take(bucket: Bucket, nowMs: number): { readonly bucket: Bucket; readonly waitMs: number } {
  const full = filled(bucket, nowMs);
  const tokens = full.tokens - 1;
  return { bucket: { ...full, tokens }, waitMs: tokens >= 0 ? 0 : -tokens * bucket.gapMs };
}
