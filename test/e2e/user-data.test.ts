/** Status and output are the daemon's, the rest is the user's: nothing of it is overwritten, dropped, or brought back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogCheck, checkOf, deregister, register, servicesOf, untilStatus } from '../support/catalog.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet } from '../support/fleet.ts';
import { type Intercepted, startInterposer } from '../support/interposer.ts';
import { broken, ok, startWeb, type Web } from '../support/web.ts';

let consul: TestConsul;
let web: Web;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
});

afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

/** What a transaction of 1.8.7 keeps, every field of it. */
const plain = (path: string): object => ({
  HTTP: web.url(path),
  Header: { 'X-Probe': ['a', 'b'] },
  Method: 'POST',
  Body: 'ping',
  TLSSkipVerify: true,
  Interval: '1s',
  Timeout: '2s',
  DeregisterCriticalServiceAfter: '1h',
});

/** And what it drops. */
const fancy = (path: string): object => ({ ...plain(path), GRPC: 'h:1/s', GRPCUseTLS: true, OutputMaxSize: 123 });

/** All of a check that is not the daemon's to change. `Type` is set by the server as it likes. */
const usersPart = (check: CatalogCheck | undefined) => {
  const { Node, CheckID, Name, Notes, ServiceID, ServiceTags, Definition, CreateIndex } = check!;
  return { Node, CheckID, Name, Notes, ServiceID, ServiceTags, Definition, CreateIndex };
};

describe.concurrent('a check of a user', () => {
  test.each([
    ['plain', plain],
    ['fancy', fancy],
  ])('of a %s definition keeps all but status and output over changes of status', async (name, definition) => {
    const fleet = createFleet(consul, `kept-${name}`);
    const path = `/kept-${name}`;
    await register(consul, {
      node: fleet.name,
      meta: fleet.unpinged,
      service: { ID: 's', Service: 's', Tags: ['v1', 'blue'] },
      checks: [
        {
          ...{ CheckID: 'check', Name: 'A name', Notes: 'by hand', Status: 'critical', ServiceID: 's' },
          Definition: definition(path),
        },
      ],
    });
    const before = usersPart(await checkOf(consul, fleet.name, 'check'));
    await using daemon = await fleet.start();
    expect(usersPart(await untilStatus(consul, fleet.name, 'check', 'passing'))).toEqual(before);
    web.answer(path, () => broken());
    expect(usersPart(await untilStatus(consul, fleet.name, 'check', 'critical'))).toEqual(before);
    web.answer(path, () => ok());
    expect(usersPart(await untilStatus(consul, fleet.name, 'check', 'passing'))).toEqual(before);
    expect(daemon.lines(/ERROR|dropped/)).toEqual([]);
  });

  test('edited by hand has that status from then on, and results count against it', async () => {
    const fleet = createFleet(consul, 'edited');
    const check = (status: string, notes: string): object => ({
      ...{ CheckID: 'check', Name: 'check', Status: status, Notes: notes },
      Definition: { HTTP: web.url('/edited'), Interval: '1s' },
    });
    const edit = (status: string, notes: string): Promise<unknown> =>
      register(consul, { node: 'edited', meta: fleet.unpinged, checks: [{ ...check(status, notes) }] });
    await edit('passing', 'first');
    await using daemon = await fleet.start('passing_threshold = 1');
    await daemon.until("agent: Check 'edited/check' is passing");
    const runs = web.hits('/edited');
    await eventually('a run that is just over', () => web.hits('/edited') > runs);
    const hits = web.hits('/edited'); // taken before the edit: a slow answer to it leaves a run the time to count
    await edit('critical', 'second');
    const mended = await untilStatus(consul, 'edited', 'check', 'passing');
    expect(web.hits('/edited') - hits).toBeGreaterThanOrEqual(2);
    expect(mended.Notes).toBe('second');
    await daemon.until('is now passing');
    expect(daemon.lines('is now')).toHaveLength(1);
  });

  test.each([
    ['plain', plain, '/v1/txn'],
    ['fancy', fancy, '/v1/catalog/register'],
  ])('of a %s definition, removed while its status is being written, stays removed', async (name, definition, way) => {
    const node = `gone-${name}`;
    const path = `/${node}`;
    const removals = [{ CheckID: 'check' }, {}];
    const isStatus = ({ method, path: asked, body }: Intercepted): boolean =>
      method === 'PUT' && asked.startsWith(way) && body.includes('"check"') && body.includes('well');
    await using interposer = await startInterposer(consul.url, (intercepted) => {
      if (!isStatus(intercepted)) return undefined;
      const removal = removals.shift();
      return removal && deregister(consul, { Node: node, ...removal }).then(() => undefined);
    });
    const checks = ['check', 'other'].map((id) => ({
      ...{ CheckID: id, Name: id, Status: 'critical' },
      Definition: id === 'check' ? definition(path) : plain(`${path}/other`),
    }));
    const fleet = createFleet({ ...consul, url: interposer.url }, node);
    await using daemon = await fleet.start();
    await daemon.until('Obtained leadership');
    await register(consul, { node, meta: fleet.unpinged, checks });
    await untilStatus(consul, node, 'other', 'passing');
    await eventually('the first removal', () => removals.length === 1);
    await eventually('the check gone', async () => (await checkOf(consul, node, 'check')) === undefined);

    await register(consul, { node, meta: fleet.unpinged, checks });
    await eventually('the second removal', () => removals.length === 0);
    await eventually('the node gone', async () => (await servicesOf(consul, node)) === undefined);
    const witness = { CheckID: 'witness', Name: 'witness', Status: 'critical', Definition: plain('/witness') };
    await register(consul, { node: `witness-${name}`, meta: fleet.unpinged, checks: [witness] });
    await untilStatus(consul, `witness-${name}`, 'witness', 'passing');
    expect(await servicesOf(consul, node)).toBeUndefined();
  });
});
