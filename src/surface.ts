/** The HTTP surface of `client_address`: which pages there are, and what stands behind them. */
import type { Config } from './config/config.ts';
import { serveHttp, type HttpSurface } from './observe/http.ts';
import { readAssets } from './observe/statecharts/assets.ts';
import { statechartRoutes, type StatechartRoutesDeps } from './observe/statecharts/routes.ts';

/** Listens where the configuration says; undefined: nowhere. Rejects with `ESM_CONFIG_INVALID` when that cannot be had. */
export const openSurface = async (
  { clientAddress }: Config,
  deps: Omit<StatechartRoutesDeps, 'assets'>,
): Promise<HttpSurface | undefined> => {
  if (clientAddress === '') return undefined;
  return serveHttp(
    clientAddress,
    statechartRoutes({ ...deps, assets: await readAssets('inspector') }),
    'client_address',
  );
};
