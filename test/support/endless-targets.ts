/** Targets that say too much. */
import { startHttpTarget, type Target } from './targets.ts';

const BIG_BODY_BYTES = 200 * 2 ** 20;
const CHUNK = Buffer.alloc(2 ** 16, 'x');

/** Answers with 200 MB. */
export const startBigTarget = (): Promise<Target> =>
  startHttpTarget((_, response) => {
    let left = BIG_BODY_BYTES;
    const pour = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= CHUNK.length;
        if (!response.write(CHUNK)) {
          response.once('drain', pour);
          return;
        }
      }
      response.end();
    };
    pour();
  });

/** Never ends its body, nor its connection. */
export const startEndlessTarget = (): Promise<Target> =>
  startHttpTarget((_, response) => {
    const timer = setInterval(() => response.write('more '), 20);
    response.once('close', () => {
      clearInterval(timer);
    });
  });
