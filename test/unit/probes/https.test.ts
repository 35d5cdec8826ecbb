import { describe, expect, test } from 'vitest';
import type { CatalogDefinition } from '../../../machines/model.ts';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import { probeOnce } from '../../support/probing.ts';
import {
  startHttpsTarget,
  startHttpTarget,
  startRawTarget,
  startTcpTarget,
  tlsFile,
  tlsPath,
} from '../../support/targets.ts';

const tls = { caFile: tlsPath('ca.pem') };

/** Probes an HTTPS server that shows this certificate, by the name `localhost` unless told otherwise. */
const probe = async (
  certificate: string,
  definition: CatalogDefinition = {},
  files: object = tls,
): Promise<ProbeOutcome> => {
  await using target = await startHttpsTarget(certificate, (_request, response) => response.end('secret place'));
  const outcome = await probeOnce({ HTTP: `https://localhost:${target.port}/`, ...definition }, { tls: files });
  if (outcome.type !== 'measured') return outcome;
  return { ...outcome, output: outcome.output.replaceAll(`:${target.port}/`, ':PORT/') };
};

const refused = (reason: RegExp): object => ({
  type: 'measured',
  status: 'critical',
  output: { asymmetricMatch: (text: string) => reason.test(text) },
});

const PREFIX = '^Get "https://localhost:PORT/": tls: failed to verify certificate: x509: ';

test('a certificate that verifies', async () => {
  const output = 'HTTP GET https://localhost:PORT/: 200 OK Output: secret place';
  expect(await probe('server')).toEqual({ type: 'measured', status: 'passing', output });
});

describe('a certificate that does not verify', () => {
  test('expired', async () => {
    const times = String.raw`current time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ is after 2021-01-01T00:00:00Z$`;
    const reason = new RegExp(`${PREFIX}certificate has expired or is not yet valid: ${times}`);
    expect(await probe('expired')).toEqual(refused(reason));
  });

  test('for another host', async () => {
    const reason = new RegExp(`${PREFIX}certificate is valid for elsewhere.example, not localhost$`);
    expect(await probe('wrong-host')).toEqual(refused(reason));
  });

  test('for no address at all', async () => {
    await using target = await startHttpsTarget('wrong-host', (_request, response) => response.end());
    const outcome = await probeOnce({ HTTP: `https://127.0.0.1:${target.port}/` }, { tls });
    expect(outcome).toEqual(
      refused(/x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs$/),
    );
  });

  test('of an unknown authority', async () => {
    expect(await probe('server', {}, {})).toEqual(
      refused(new RegExp(`${PREFIX}certificate signed by unknown authority$`)),
    );
  });

  test.each(['expired', 'wrong-host', 'server'])('%s is taken all the same with TLSSkipVerify', async (certificate) => {
    expect(await probe(certificate, { TLSSkipVerify: true }, {})).toMatchObject({ status: 'passing' });
  });
});

test('an address in the certificate', async () => {
  await using target = await startHttpsTarget('server', (_request, response) => response.end());
  const outcome = await probeOnce({ HTTP: `https://127.0.0.1:${target.port}/` }, { tls });
  expect(outcome).toMatchObject({ status: 'passing' });
});

test('TLSServerName is what the certificate must be valid for, and what the server is asked for', async () => {
  const names: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void): void => {
    names.push(name);
    done(null);
  };
  await using target = await startHttpsTarget('wrong-host', (_request, response) => response.end(), { SNICallback });
  const definition = { HTTP: `https://127.0.0.1:${target.port}/`, TLSServerName: 'elsewhere.example' };
  expect(await probeOnce(definition, { tls })).toMatchObject({ status: 'passing' });
  expect(names).toEqual(['elsewhere.example']);
});

describe('a server that wants a certificate of the client', () => {
  const demand = { requestCert: true, rejectUnauthorized: true, ca: tlsFile('ca.pem') };

  test('gets the configured one', async () => {
    await using target = await startHttpsTarget('server', (_request, response) => response.end(), demand);
    const files = { ...tls, certFile: tlsPath('client.pem'), keyFile: tlsPath('client.key') };
    const outcome = await probeOnce({ HTTP: `https://localhost:${target.port}/` }, { tls: files });
    expect(outcome).toMatchObject({ status: 'passing' });
  });

  test('turns away who has none', async () => {
    await using target = await startHttpsTarget('server', (_request, response) => response.end(), demand);
    const outcome = await probeOnce({ HTTP: `https://localhost:${target.port}/` }, { tls });
    expect(outcome).toEqual(refused(/: remote error: tls: certificate required$/));
  });
});

describe('what is not TLS', () => {
  test('an HTTP server', async () => {
    await using target = await startHttpTarget((_request, response) => response.end());
    const outcome = await probeOnce({ HTTP: `https://127.0.0.1:${target.port}/` }, { tls });
    expect(outcome).toEqual(refused(/: tls: first record does not look like a TLS handshake$/));
  });

  test('a server that hangs up', async () => {
    await using target = await startTcpTarget((socket) => socket.end());
    const outcome = await probeOnce({ HTTP: `https://127.0.0.1:${target.port}/` }, { tls });
    expect(outcome).toEqual(refused(/: (EOF|read tcp: read: connection reset by peer|connection reset by peer)$/));
  });

  test('garbage', async () => {
    await using target = await startRawTarget(Buffer.alloc(300, 0xff));
    const outcome = await probeOnce({ HTTP: `https://127.0.0.1:${target.port}/` }, { tls });
    expect(outcome).toEqual(refused(/: tls: /));
  });
});

test("files that cannot be read are the daemon's own trouble", async () => {
  const outcome = await probe('server', {}, { caFile: '/nowhere/ca.pem' });
  expect(outcome).toMatchObject({
    type: 'unsent',
    error: {
      code: 'ESM_PROBE_UNSENT',
      message: expect.stringMatching(/ENOENT.*\/nowhere\/ca\.pem.*https_\*/) as string,
    }, // safe: a matcher
  });
});
