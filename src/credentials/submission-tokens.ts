import { randomBytes } from 'node:crypto';
import type { SubmissionTokens } from '../orders/ports.ts';
import { signer } from './signed-token.ts';
import { uuidBytes, uuidText } from './uuid-bytes.ts';

const PREFIX = 'sub_';
const NONCE_BYTES = 16;

/**
 * A submission token says whose it is, until when, and 128 random bits, from which its order's number is
 * made. The number is unique in the database; nothing else has to be remembered.
 */
export function submissionTokens(secretKey: string, alsoReads: readonly string[] = []): SubmissionTokens {
  const { sign, open } = signer(secretKey, 'submission-token', alsoReads);
  return {
    issue: (merchantId, expiresAt) => PREFIX + sign(payloadOf(merchantId, expiresAt)),
    read(token) {
      const payload = token.startsWith(PREFIX) ? open(token.slice(PREFIX.length)) : undefined;
      if (payload?.length !== 16 + 6 + NONCE_BYTES) return undefined;
      return {
        merchantId: uuidText(payload.subarray(0, 16)),
        expiresAt: new Date(payload.readUIntBE(16, 6)),
        merchantOrderNo: `k${payload.subarray(22).toString('hex')}`,
      };
    },
  };
}

function payloadOf(merchantId: string, expiresAt: Date): Buffer {
  const time = Buffer.alloc(6);
  time.writeUIntBE(expiresAt.getTime(), 0, 6);
  return Buffer.concat([uuidBytes(merchantId), time, randomBytes(NONCE_BYTES)]);
}
