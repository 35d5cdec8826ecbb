import { Dispatcher, Pool as PoolOfIndex, ProxyAgent } from 'undici';
import { expect, it } from 'vitest';
import { loadProxyAgent, Pool, request } from '../../../src/consul/undici.ts';

it('loads by themselves what the index of undici exports', () => {
  expect(Pool).toBe(PoolOfIndex);
  expect(loadProxyAgent()).toBe(ProxyAgent);
  expect(request).toBe(Reflect.get(Dispatcher.prototype, 'request'));
});
