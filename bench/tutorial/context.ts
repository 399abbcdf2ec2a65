import type { MikroORM } from '@mikro-orm/postgresql';
import type { AlipaySdk } from 'alipay-sdk';

export interface Context {
  /** A unit of work of the request's own. */
  readonly em: MikroORM['em'];
  readonly alipay: AlipaySdk;
  readonly notifyUrl: string;
}
