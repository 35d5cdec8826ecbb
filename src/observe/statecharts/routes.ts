/** `/statecharts`: the page, its files, the search, and the stream of what happens. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { answerText, type Handler, type Routes } from '../http.ts';
import type { Asset, Assets } from './assets.ts';
import type { Statecharts } from './statecharts.ts';
import { streamReports } from './stream.ts';

const PAGE = '/statecharts';
const MOST_STREAMS = 16;
/** Of how many actors one stream tells the steps: the daemon's own, and some nodes and checks. */
const MOST_WATCHED = 16;
const LONGEST_TEXT = 200;

export interface StatechartRoutesDeps {
  readonly statecharts: Statecharts;
  readonly assets: Assets;
  readonly clock: Clock;
}

const answerAsset =
  ({ type, body }: Asset, policy: string): Handler =>
  (_, response) => {
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(body);
  };

const answerFindings = ({ statecharts }: StatechartRoutesDeps): Handler => {
  return (url, response) => {
    const text = (url.searchParams.get('q') ?? '').slice(0, LONGEST_TEXT);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(statecharts.find(text)));
  };
};

const answerStream = (deps: StatechartRoutesDeps): Handler => {
  const streams = new Set<ServerResponse>();
  return (url, response, { method }) => {
    const ids = [...new Set(url.searchParams.getAll('actor'))];
    if (ids.length > MOST_WATCHED) answerText(response, 400, `watch ${MOST_WATCHED} actors at most`);
    else if (method === 'HEAD') response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end();
    else if (streams.size >= MOST_STREAMS) answerText(response, 503, `${MOST_STREAMS} pages are open already`);
    else {
      streams.add(response);
      response.once('close', () => streams.delete(response));
      streamReports(response, ids, deps);
    }
  };
};

export const statechartRoutes = (deps: StatechartRoutesDeps): Routes => {
  const { files, policy } = deps.assets;
  const assets = [...files].map(([name, asset]): [string, Handler] => [
    name === 'index.html' ? PAGE : `${PAGE}/${name}`,
    answerAsset(asset, policy),
  ]);
  return new Map<string, Handler>([
    ...assets,
    [`${PAGE}/search`, answerFindings(deps)],
    [`${PAGE}/events`, answerStream(deps)],
  ]);
};
