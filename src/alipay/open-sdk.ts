import type { AlipayAccount } from './account.ts';
import { AlipaySdk, type AlipaySdkConfig } from './sdk.ts';
import { AlipaySettingsError } from './settings-error.ts';

/**
 * The official SDK, set up for an account. It signs and verifies; what it signed goes out over our own transport.
 * @throws AlipaySettingsError when it cannot read a certificate
 */
export function openSdk(account: AlipayAccount): AlipaySdk {
  const { certificates } = account;
  const certified = certificates && {
    appCertContent: certificates.app,
    alipayPublicCertContent: certificates.alipay,
    alipayRootCertContent: certificates.root,
  };
  const sdk = construct({
    appId: account.appId,
    gateway: account.gateway,
    keyType: 'PKCS8',
    privateKey: account.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    alipayPublicKey: account.alipayPublicKey.export({ type: 'spki', format: 'pem' }).toString(),
    signType: 'RSA2',
    charset: 'utf-8',
    camelcase: false,
    ...certified,
  });
  // The SDK signs and verifies with PEM text and parses it anew each time, which costs more than the signature.
  // node:crypto takes a KeyObject in the same place; the declared type does not know.
  sdk.config.privateKey = account.privateKey as unknown as string;
  sdk.config.alipayPublicKey = account.alipayPublicKey as unknown as string;
  return sdk;
}

function construct(config: AlipaySdkConfig): AlipaySdk {
  try {
    return new AlipaySdk(config);
  } catch (error) {
    throw new AlipaySettingsError('ALI_ROOT_CERT', 'or another certificate cannot be read by the Alipay SDK', {
      cause: error,
    });
  }
}
