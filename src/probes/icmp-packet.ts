/** ICMP echo messages as a datagram socket of the kernel takes and gives them: without IP header, id and checksum its own. */

/** One request or answer: `sequence` tells requests in flight apart, `token` an answer from one that comes hours late. */
export interface Echo {
  readonly sequence: number;
  readonly token: number;
}

const REQUEST = { 4: 8, 6: 128 } as const;
const REPLY = { 4: 0, 6: 129 } as const;

/** As long as the `ping` program's: shorter ones are dropped by some filters. */
const PACKET_BYTES = 64;

/** The request to be sent. */
export const encodeEcho = (family: 4 | 6, { sequence, token }: Echo): Buffer => {
  const packet = Buffer.alloc(PACKET_BYTES, 0x2e);
  packet.fill(0, 0, 8);
  packet.writeUInt8(REQUEST[family], 0);
  packet.writeUInt16BE(sequence, 6);
  packet.writeUInt32BE(token, 8);
  return packet;
};

/** Reads an answer; undefined when it is none of ours. */
export const decodeReply = (family: 4 | 6, packet: Buffer): Echo | undefined => {
  if (packet.length < 12 || packet[0] !== REPLY[family]) return undefined;
  return { sequence: packet.readUInt16BE(6), token: packet.readUInt32BE(8) };
};
