import { request } from 'undici';
import { expect, it } from 'vitest';
import { startInMemory } from '../../../src/dev/in-memory.ts';

it('writes JSON in lines for people who ask for it, with flags of 64 bits', async () => {
  await using consul = await startInMemory(0);
  const url = `${consul.config.httpAddr}/v1/kv/a`;
  await request(`${url}?flags=3304740253564472344`, { method: 'PUT', body: '"Flags":"1"' });
  const text = async (query: string): Promise<string> => (await request(url + query)).body.text();
  const compact = await text('');
  const pretty = await text('?pretty'); // as Consul 1.8.7 writes it: four spaces, and a line break at the end
  expect(pretty).toMatch(/^\[\n {4}\{\n {8}"LockIndex": 0,\n[^]*\n {8}"Flags": 3304740253564472344,\n[^]*\n\]\n$/);
  expect(pretty.replaceAll(/\n *|(?<=:) /g, '')).toBe(compact);
});

it('answers what nobody foresaw with 500, and lives on', async () => {
  await using consul = await startInMemory(0);
  const answer = await request(`${consul.config.httpAddr}//`);
  expect(answer.statusCode).toBe(500);
  expect(await (await request(`${consul.config.httpAddr}/v1/status/leader`)).body.json()).toMatch(/:8300$/);
});
