import type { ClientTokens } from '../merchants/ports.ts';
import { signer } from './signed-token.ts';
import { uuidBytes, uuidText } from './uuid-bytes.ts';

const PREFIX = 'client_';
/** A client token outlives its order by an hour, so that a buyer still sees how it ended. */
const GRACE_MS = 60 * 60_000;

/** Tokens that open one order to a frontend. The same order always gives the same token. */
export function clientTokens(secretKey: string, alsoReads: readonly string[] = []): ClientTokens {
  const { sign, open } = signer(secretKey, 'client-token', alsoReads);
  return {
    issue({ merchantId, id, expiresAt }) {
      const time = Buffer.alloc(6);
      time.writeUIntBE(expiresAt.getTime() + GRACE_MS, 0, 6);
      return PREFIX + sign(Buffer.concat([uuidBytes(merchantId), uuidBytes(id), time]));
    },
    read(token, now) {
      const payload = token.startsWith(PREFIX) ? open(token.slice(PREFIX.length)) : undefined;
      if (payload?.length !== 38 || payload.readUIntBE(32, 6) <= now.getTime()) return undefined;
      return { merchantId: uuidText(payload.subarray(0, 16)), orderId: uuidText(payload.subarray(16, 32)) };
    },
  };
}
