/** The page that hands a daemon's statecharts on to the Stately inspector, on this machine alone. */
import type { ServerResponse } from 'node:http';
import { DAEMON_CHARTS } from '../../actors/inspection/daemon-sights.ts';
import { systemClock } from '../../clock.ts';
import { serveHttp, type Handler, type HttpSurface } from '../../observe/http.ts';
import { readAssets } from '../../observe/statecharts/assets.ts';
import type { InspectOptions } from './flags.ts';
import { findIds, readReports } from './reports.ts';
import { toStately } from './stately.ts';

/** With the daemon's own as many as it lets one stream watch. */
const MOST_FOUND = 9;

const chosenIds = async ({ daemon, find }: InspectOptions, signal: AbortSignal): Promise<readonly string[]> => {
  const found = find === undefined ? [] : await findIds(daemon, find, signal);
  return [...DAEMON_CHARTS, ...found.slice(0, MOST_FOUND)];
};

/** One page, one stream of the daemon: it begins and ends with the page's. */
const passOn = async (options: InspectOptions, response: ServerResponse): Promise<void> => {
  const leaving = new AbortController();
  response.once('close', () => {
    leaving.abort();
  });
  const ids = await chosenIds(options, leaving.signal);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  for await (const report of readReports(options.daemon, ids, leaving.signal)) {
    for (const event of toStately(report, systemClock.now())) response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
};

/** Listens on 127.0.0.1. Rejects with `ESM_CONFIG_INVALID` when the port cannot be had. */
export const startRelay = async (options: InspectOptions): Promise<HttpSurface> => {
  const { files, policy } = await readAssets('relay');
  const pages = [...files].map(([name, { type, body }]): [string, Handler] => [
    name === 'index.html' ? '/' : `/${name}`,
    (_, response) => {
      response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(body);
    },
  ]);
  const routes = new Map<string, Handler>([
    ...pages,
    [
      '/inspector',
      (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(options.inspector.href));
      },
    ],
    ['/events', (_, response) => passOn(options, response)],
  ]);
  return serveHttp(`127.0.0.1:${options.port}`, routes, '-port');
};
