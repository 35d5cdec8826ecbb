/**
 * What a probe cannot cost less than: sockets of `node:net` that connect, ask and are destroyed, at a fixed rate, with nothing around
 * them. Arguments: `http` or `tcp`, the URL that is asked, and how many a second.
 */
import { connect } from 'node:net';
import { AS_NODE_SETS } from '../../src/probes/dial.ts';
import { monotonicMs } from '../support/monotonic.ts';

/** As often as the daemon's schedule has something due. */
const TURN_MS = 10;

const [kind = '', target = '', perSecond = ''] = process.argv.slice(2);
const { hostname: host, port: portText } = new URL(target);
const port = Number(portText);
const shared = Buffer.allocUnsafeSlow(64 * 1_024);
const request = Buffer.from(
  `GET /many-1/1 HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: Consul Health Check\r\nAccept: text/plain, text/*, */*\r\nConnection: close\r\n\r\n`,
);
const address = { host, port, ...AS_NODE_SETS };
const ignore = (): void => undefined;

const askHttp = (): void => {
  const callback = (): boolean => {
    socket.destroy();
    return true;
  };
  const socket = connect({ onread: { buffer: shared, callback }, ...address });
  socket.on('error', ignore);
  socket.once('connect', () => socket.write(request));
};

const askTcp = (): void => {
  const socket = connect(address);
  socket.on('error', ignore);
  socket.once('connect', () => socket.destroy());
};

const ask = kind === 'http' ? askHttp : askTcp;
const startMs = monotonicMs();
let asked = 0;
setInterval(() => {
  const due = ((monotonicMs() - startMs) / 1_000) * Number(perSecond);
  for (; asked < due; asked += 1) ask();
}, TURN_MS);
process.on('disconnect', () => process.exit());
