/**
 * The parts of undici that requests to Consul go by, each loaded by itself: with its index come fetch, WebSocket and caches, which
 * take 10 MB and 0.1 s of every start.
 */
import { createRequire } from 'node:module';
import type * as undici from 'undici';

const require = createRequire(import.meta.url);

// safe: the index exports these very modules under these names
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof undici.Pool;

/** What the index makes a method of all dispatchers. */
export const request = require('undici/lib/api/api-request.js') as (
  this: undici.Dispatcher,
  options: undici.Dispatcher.RequestOptions,
) => Promise<undici.Dispatcher.ResponseData>;

export const loadProxyAgent = (): typeof undici.ProxyAgent =>
  require('undici/lib/dispatcher/proxy-agent.js') as typeof undici.ProxyAgent;
