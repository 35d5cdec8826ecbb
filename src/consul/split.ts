/** A list cut to what one value may hold. */
import type { Share } from '../../machines/model.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

/** A transaction takes 512 KiB of JSON, and values in base64: so much of a value fits, beside a fence. */
export const MAX_VALUE_BYTES = 380 * 1024;

/** Room for the names of the fields, the number of parts and the version. */
const FRAME_BYTES = 128;

/** Cuts a list, its order kept, into pieces that each fit a value of `maxBytes`. A name too long for any stands alone. */
export function split({ nodes, probes }: Lists, maxBytes: number): readonly Lists[] {
  const pieces: { nodes: string[]; probes: string[] }[] = [];
  let bytesLeft = 0;
  const deal = (field: 'nodes' | 'probes', names: readonly string[]): void => {
    for (const name of names) {
      const bytes = Buffer.byteLength(JSON.stringify(name)) + 1;
      if (bytes > bytesLeft) {
        pieces.push({ nodes: [], probes: [] });
        bytesLeft = maxBytes - FRAME_BYTES;
      }
      pieces.at(-1)?.[field].push(name);
      bytesLeft -= bytes;
    }
  };
  deal('nodes', nodes);
  deal('probes', probes);
  return pieces;
}
