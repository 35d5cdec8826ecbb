/** Which certificate authorities are trusted: the configured ones, else the system's together with Node's own. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** What the configuration says of authorities; empty or undefined: nothing. */
export interface TrustSettings {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
}

/** Where distributions keep the one file, in Go's order. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const SYSTEM_DIRS = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const readPems = async (file: string): Promise<readonly string[]> => (await readFile(file, 'latin1')).match(PEM) ?? [];

const readDir = async (dir: string): Promise<readonly string[]> => {
  const names = (await readdir(dir)).sort();
  const read = names.map((name) => readPems(join(dir, name)).catch(() => []));
  return (await Promise.all(read)).flat();
};

const readFirst = async (files: readonly string[]): Promise<readonly string[]> => {
  for (const file of files) {
    const pems = await readPems(file).catch(() => []);
    if (pems.length > 0) return pems;
  }
  return [];
};

/** SSL_CERT_FILE and SSL_CERT_DIR, else the known places. What cannot be read is left out: the store is not the user's setting. */
const readSystem = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> => {
  const file = env['SSL_CERT_FILE'] ?? '';
  const dirs = env['SSL_CERT_DIR'] ?? '';
  const pems = await readFirst(file === '' ? SYSTEM_FILES : [file]);
  if (dirs === '' && pems.length > 0) return pems;
  const chosen = dirs === '' ? SYSTEM_DIRS : dirs.split(':');
  const read = chosen.map((dir) => readDir(dir).catch(() => []));
  return [...pems, ...(await Promise.all(read)).flat()];
};

/**
 * The trusted authorities as PEM texts, none twice. With `caFile` or `caPath` set, those alone; rejects (a system error with
 * its path) when one of them cannot be read.
 */
export const readTrust = async (
  settings: TrustSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> => {
  const { caFile = '', caPath = '' } = settings;
  if (caFile === '' && caPath === '') return [...new Set([...(await readSystem(env)), ...rootCertificates])];
  const configured = [
    ...(caFile === '' ? [] : await readPems(caFile)),
    ...(caPath === '' ? [] : await readDir(caPath)),
  ];
  return [...new Set(configured)];
};
