/** Ports of 127.0.0.1 for the demo. */
import { createServer } from 'node:net';

/** `preferred` when nobody listens there, else a port that the kernel chooses. */
export const freePort = async (preferred = 0): Promise<number> => (await tryPort(preferred)) ?? (await tryPort(0)) ?? 0;

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
