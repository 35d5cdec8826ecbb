/**
 * Go's binary form of a time, as Go instances keep it in KV: version 1; 8 bytes big-endian seconds since year 1; 4 bytes
 * nanoseconds; 2 bytes offset of the zone in minutes, -1 for UTC. Version 2 adds a byte for the seconds of the offset.
 */

/** Seconds from 1 January of year 1 to 1970. */
const YEAR_1 = 62_135_596_800n;
const BYTES_BY_VERSION: Readonly<Record<number, number>> = { 1: 15, 2: 16 };

/** `ms` since 1970 as 15 bytes, in UTC. */
export function encodeGoTime(ms: number): Buffer {
  const bytes = Buffer.alloc(15);
  const seconds = Math.floor(ms / 1000);
  bytes.writeUInt8(1, 0);
  bytes.writeBigInt64BE(BigInt(seconds) + YEAR_1, 1);
  bytes.writeUInt32BE(Math.floor((ms - seconds * 1000) * 1e6), 9);
  bytes.writeInt16BE(-1, 13);
  return bytes;
}

/**
 * Milliseconds since 1970; undefined for bytes that are no time. The offset only says how a person would have read the clock:
 * the seconds are UTC whatever it is.
 */
export function decodeGoTime(bytes: Buffer): number | undefined {
  if (bytes.length === 0 || BYTES_BY_VERSION[bytes[0] ?? 0] !== bytes.length) return undefined;
  const seconds = Number(bytes.readBigInt64BE(1) - YEAR_1);
  const nanoseconds = bytes.readUInt32BE(9);
  const ms = seconds * 1000 + Math.floor(nanoseconds / 1e6);
  return nanoseconds < 1e9 && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}
