/** What is wrong with a TLS connection, in the words of Go's crypto/tls and crypto/x509. */
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

const AUTHORITY = 'certificate signed by unknown authority';

/** OpenSSL's verdicts, as Node names them. */
const VERDICTS: Readonly<Record<string, string>> = {
  CERT_REVOKED: 'certificate has been revoked',
  CERT_REJECTED: 'certificate is not valid for this use',
  CERT_SIGNATURE_FAILURE: 'certificate has a wrong signature',
  CERT_UNTRUSTED: AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  INVALID_CA: AUTHORITY,
  INVALID_PURPOSE: 'certificate specifies an incompatible key usage',
  PATH_LENGTH_EXCEEDED: 'too many intermediates for path length constraint',
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
};

const validNames = (certificate: PeerCertificate, kind: 'DNS' | 'IP Address'): readonly string[] =>
  (certificate.subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith(`${kind}:`))
    .map((name) => name.slice(kind.length + 1));

const wrongName = (certificate: PeerCertificate, host: string): string => {
  const names = validNames(certificate, isIP(host) === 0 ? 'DNS' : 'IP Address');
  if (names.length > 0) return `certificate is valid for ${names.join(', ')}, not ${host}`;
  return isIP(host) === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
};

const isoSeconds = (date: Date): string =>
  Number.isNaN(date.getTime()) ? '?' : date.toISOString().replace(/\.\d+/, '');

const wrongTime = (code: string, certificate: PeerCertificate, nowMs: number): string => {
  const isOver = code === 'CERT_HAS_EXPIRED';
  const bound = isoSeconds(new Date(isOver ? certificate.valid_to : certificate.valid_from));
  const times = `current time ${isoSeconds(new Date(nowMs))} is ${isOver ? 'after' : 'before'} ${bound}`;
  return `certificate has expired or is not yet valid: ${times}`;
};

/** Why a certificate is not accepted. `code` is OpenSSL's verdict as Node gives it. */
export const certificateFault = (code: string, certificate: PeerCertificate, host: string, nowMs: number): string => {
  const isTime = code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID';
  const isName = code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  const verdict = isTime
    ? wrongTime(code, certificate, nowMs)
    : isName
      ? wrongName(certificate, host)
      : (VERDICTS[code] ?? code);
  return `tls: failed to verify certificate: x509: ${verdict}`;
};

/** Why a handshake did not come to an end, or a finished one was taken back; undefined when `code` is none of OpenSSL's. */
export const handshakeFault = (code: string): string | undefined => {
  const [, alert] = /_ALERT_(\w+)$/.exec(code) ?? [];
  if (alert !== undefined) return `remote error: tls: ${alert.toLowerCase().replaceAll('_', ' ')}`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'tls: first record does not look like a TLS handshake';
  }
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'http: server gave HTTP response to HTTPS client';
  return code.startsWith('ERR_SSL_') ? `tls: ${code.slice(8).toLowerCase().replaceAll('_', ' ')}` : undefined;
};
