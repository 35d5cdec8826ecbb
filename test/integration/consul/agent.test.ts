import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startConsul } from '../../support/consul.ts';

const node = { Node: 'foo', Address: '127.0.0.1' };

it('starts several agents beside each other, each with an empty catalog', async () => {
  const agents = await Promise.all([startConsul(), startConsul(), startConsul()]);
  try {
    await agents[0].put('/catalog/register', node);
    const counts = await Promise.all(agents.map((agent) => agent.get('/catalog/nodes')));
    expect(counts.map((nodes) => (nodes as unknown[]).length)).toEqual([2, 1, 1]);
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
  }
});

it('forgets its catalog over a restart, and keeps it with a data folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'consul-data-'));
  await using forgetful = await startConsul();
  await using persistent = await startConsul({ dataDir });
  for (const agent of [forgetful, persistent]) {
    await agent.put('/catalog/register', node);
    await agent.restart();
  }
  expect(await forgetful.get('/catalog/node/foo')).toBeNull();
  expect(await persistent.get('/catalog/node/foo')).toMatchObject({ Node: { Node: 'foo' } });
  await rm(dataDir, { recursive: true });
});

it('denies by default with ACLs, and takes its own token', async () => {
  await using consul = await startConsul({ aclEnabled: true });
  expect(await consul.ask('GET', '/agent/self', undefined, '')).toMatchObject({ status: 403 });
  expect(await consul.ask('GET', '/agent/self')).toMatchObject({ status: 200 });
});
