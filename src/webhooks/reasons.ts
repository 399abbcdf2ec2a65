// Why nothing was answered, in words for the merchant whose server it is. Nothing of ours is in them.
import { errors } from 'undici';
import { ForbiddenAddress } from './connect.ts';

const IN_WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name has no address',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: the certificate is for another host name',
  CERT_HAS_EXPIRED: 'TLS: the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: the certificate is signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS: the certificate is signed by an unknown authority',
};

export function reasonOf(error: unknown): string {
  if (error instanceof ForbiddenAddress) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = IN_WORDS[code];
  if (known !== undefined) return known;
  if (error instanceof errors.HTTPParserError) return 'the answer is not HTTP';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `no answer (${code})` : 'no answer';
}
