import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** What both servers are configured with, made for one run: the bench plays the till and Alipay alike. */
export interface Keys {
  readonly apiKey: string;
  readonly appId: string;
  readonly sellerId: string;
  /** Our application's key in PEM: both servers sign their calls with it. */
  readonly appPrivateKey: string;
  /** Alipay's pair in PEM: the driver signs notifications and the stand-in its answers, the servers verify them. */
  readonly alipayPrivateKey: string;
  readonly alipayPublicKey: string;
}

export function newKeys(): Keys {
  const app = newPair();
  const alipay = newPair();
  return {
    apiKey: `bench_${randomBytes(32).toString('base64url')}`,
    appId: '2021000000000001',
    sellerId: '2088000000000001',
    appPrivateKey: app.privateKey,
    alipayPrivateKey: alipay.privateKey,
    alipayPublicKey: alipay.publicKey,
  };
}

function newPair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
