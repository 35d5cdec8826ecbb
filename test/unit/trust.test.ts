import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrust } from '../../src/trust.ts';
import { tlsFile, tlsPath } from '../support/targets.ts';

const ours = tlsFile('ca.pem').trim();
const another = tlsFile('server.pem').trim();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consul-esm-trust-'));
  writeFileSync(join(folder, 'README'), 'no certificate');
  writeFileSync(join(folder, 'two.pem'), `${ours}\nsome words between\n${another}\n`);
  symlinkSync(join(folder, 'two.pem'), join(folder, 'abcdef.0'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a configured file is trusted alone', async () => {
  expect(await readTrust({ caFile: tlsPath('ca.pem') }, {})).toEqual([ours]);
});

test('a configured folder is trusted alone, each certificate once', async () => {
  expect(await readTrust({ caPath: folder }, {})).toEqual([ours, another]);
});

test('both together', async () => {
  expect(await readTrust({ caFile: tlsPath('server.pem'), caPath: folder }, {})).toEqual([another, ours]);
});

test.each([{ caFile: '/nowhere' }, { caPath: '/nowhere' }])('%j that cannot be read is an error', async (settings) => {
  await expect(readTrust(settings, {})).rejects.toThrow(/ENOENT.*\/nowhere/);
});

test.each([
  ['SSL_CERT_FILE', () => ({ SSL_CERT_FILE: tlsPath('ca.pem') })],
  ['SSL_CERT_DIR', () => ({ SSL_CERT_DIR: `/nowhere:${folder}` })],
])("%s names the system's store, beside Node's own roots", async (_name, env) => {
  const trusted = await readTrust({ caFile: '', caPath: undefined }, env());
  expect(trusted).toContain(ours);
  expect(trusted).toEqual(expect.arrayContaining([...rootCertificates]));
});

test("nothing set: the system's store and Node's own roots", async () => {
  expect((await readTrust({}, {})).length).toBeGreaterThanOrEqual(rootCertificates.length);
});
