/** Ports for programs that cannot listen on port 0. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the kernel gives ports to outgoing connections, so that none is lost while a server restarts. */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/** `count` distinct TCP ports of 127.0.0.1 on which nobody listens. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
