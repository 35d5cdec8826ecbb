import { expect, it } from 'vitest';
import { registerExample } from '../../../src/dev/example.ts';
import { startInMemory } from '../../../src/dev/in-memory.ts';

it('is registered, put back when its service is gone, and removed with the keys of the daemon', async () => {
  await using consul = await startInMemory(0);
  const { config, names } = consul;
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${config.httpAddr}/v1${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    return answer.status === 200 ? await answer.json() : answer.status;
  };
  {
    await using example = await registerExample(config, { ...names, port: 1 });
    expect(await ask('GET', '/catalog/service/web')).toMatchObject([{ ServiceID: 'web1', ServicePort: 1 }]);
    expect(await ask('GET', '/health/node/foo')).toHaveLength(2);
    const report = { Node: 'foo', Check: { CheckID: 'service:web1', Name: 'x', ServiceID: 'web1', Status: 'passing' } };
    await ask('PUT', '/catalog/register', { ...report, SkipNodeUpdate: true });
    await example.restore();
    expect(await ask('GET', '/health/checks/web')).toMatchObject([{ Status: 'passing' }, { Status: 'critical' }]);
    await ask('PUT', '/catalog/deregister', { Node: 'foo', ServiceID: 'web1' });
    expect(await ask('GET', '/health/node/foo')).toEqual([]);
    await example.restore();
    expect(await ask('GET', '/health/node/foo')).toHaveLength(2);
    await ask('PUT', '/kv/consul-esm/probes/foo', {});
    await ask('PUT', '/kv/of-others', {});
  }
  expect(await ask('GET', '/catalog/node/foo')).toBe(null);
  expect(await ask('GET', '/kv/?keys')).toEqual(['of-others']);
});

it('needs a Consul that takes it', async () => {
  const { config, names, ...consul } = await startInMemory(0);
  await consul[Symbol.asyncDispose]();
  await expect(registerExample(config, { ...names, port: 1 })).rejects.toMatchObject({
    code: 'ESM_CONSUL_UNSUPPORTED',
    message: expect.stringMatching(/^cannot use the Consul at http:\/\/127.*ECONNREFUSED/) as unknown,
  });
});
