/** TLS on a connected socket. */
import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { EsmError } from '../errors.ts';
import { readTrust } from '../trust.ts';
import type { Deadline, Ended } from './deadline.ts';
import { errnoWords } from './errno.ts';
import { certificateFault, handshakeFault } from './tls-fault.ts';

/** https_ca_file, https_ca_path, https_cert_file, https_key_file; empty or undefined: not set. */
export interface ProbeTlsFiles {
  readonly caFile?: string | undefined;
  readonly caPath?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export type Secured =
  { readonly type: 'secured'; readonly socket: TLSSocket } | { readonly type: 'failed'; readonly fault: string };

/** What the server must prove. */
export interface SecureOptions {
  readonly context: SecureContext;
  /** A name or an address; what the certificate must be valid for. */
  readonly serverName: string;
  readonly isCertificateIgnored: boolean;
}

/** Authorities and client certificate in the form OpenSSL wants, read once: parsing some 140 roots takes 10 ms and more. */
export const readSecureContext = async (
  files: ProbeTlsFiles,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SecureContext | EsmError> => {
  const { certFile = '', keyFile = '' } = files;
  try {
    const ca = await readTrust(files, env);
    if (certFile === '' || keyFile === '') return createSecureContext({ ca });
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    return createSecureContext({ ca, cert, key });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new EsmError('ESM_PROBE_UNSENT', `cannot send HTTPS probes: ${reason}; check the https_* files`, { cause });
  }
};

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** What a broken TLS connection means, the handshake's own words first. */
export const tlsErrorWords = (error: Error): string => handshakeFault(codeOf(error)) ?? errnoWords(error);

/**
 * Shakes hands. Verification is judged here and not by Node, because a connection that Node has refused no longer tells
 * which certificate it was refused for. On `failed` and on the end of the deadline both sockets are destroyed.
 */
export const secure = (
  plain: Socket,
  { context, serverName, isCertificateIgnored }: SecureOptions,
  deadline: Deadline,
  clock: Clock,
): Promise<Secured | Ended> =>
  deadline.wait((settle) => {
    const socket = connect({
      socket: plain,
      host: serverName,
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      secureContext: context,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    const fail = (fault: string): void => {
      socket.destroy();
      plain.destroy();
      settle({ type: 'failed', fault });
    };
    socket.on('error', (error: Error) => {
      fail(tlsErrorWords(error));
    });
    const hangUp = (): void => {
      fail('EOF');
    };
    socket.once('close', hangUp);
    // A server that hung up before TLS began: nothing more ever comes from the socket above.
    plain.once('close', hangUp);
    if (plain.destroyed || plain.readableEnded) hangUp();
    socket.once('secureConnect', () => {
      if (socket.authorized || isCertificateIgnored) settle({ type: 'secured', socket });
      // Node types the field as an Error and sets it to the error's code.
      else
        fail(certificateFault(String(socket.authorizationError), socket.getPeerCertificate(), serverName, clock.now()));
    });
    return () => {
      socket.destroy();
      plain.destroy();
    };
  });
