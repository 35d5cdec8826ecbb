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
const HEADER_BYTES = 8;
const [SEQUENCE_AT, TOKEN_AT] = [6, HEADER_BYTES];
const SHORTEST = TOKEN_AT + 4;

/** A request, to be marked with one echo after another. */
export const createRequest = (family: 4 | 6): Buffer => {
  const packet = Buffer.alloc(PACKET_BYTES, 0x2e);
  packet.fill(0, 0, HEADER_BYTES);
  packet.writeUInt8(REQUEST[family], 0);
  return packet;
};

export const markRequest = (packet: Buffer, { sequence, token }: Echo): void => {
  packet.writeUInt16BE(sequence, SEQUENCE_AT);
  packet.writeUInt32BE(token, TOKEN_AT);
};

/** Reads an answer, the first `length` bytes of `packet`; undefined when it is none of ours. */
export const decodeReply = (family: 4 | 6, packet: Buffer, length: number): Echo | undefined => {
  if (length < SHORTEST || packet[0] !== REPLY[family]) return undefined;
  return { sequence: packet.readUInt16BE(SEQUENCE_AT), token: packet.readUInt32BE(TOKEN_AT) };
};
