// What a till asks, every field of it marked.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Fields } from '../alipay/notice.ts';
import type { Gateway } from '../support/gateway.ts';
import { type Answer, askRaw, type Variables } from '../support/graphql-client.ts';
import type { Receiver } from '../support/receiver.ts';
import type { Markers } from './markers.ts';

export const ERROR = '__typename ... on ErrorResult { code message }';
export const CREATE = `mutation Sale($input: CreateOrderInput!) { createOrder(input: $input) { ${ERROR} ... on Order { id merchantOrderNo clientToken } } }`;
export const PRECREATE = `mutation ($id: ID!) { precreateQrCode(input: { order: { id: $id } }) { ${ERROR} } }`;
export const PAY_BY_CODE = `mutation ($id: ID!, $code: String!) { payByAuthCode(input: { order: { id: $id }, authCode: $code }) { ${ERROR} ... on Payment { status } } }`;
export const WHOLE = `query ($id: ID!) { order(ref: { id: $id }) {
  id merchantOrderNo subject body metadata operatorId storeId terminalId clientToken
  payments { status tradeNo qrCode { content } failure { message messageZh } } refunds { reason } events { type } cases { kind note }
} }`;
/** All that is told and kept beside the orders themselves. */
export const TOLD_SINCE = `{
  events(first: 100) { edges { node { payload } } }
  cases(first: 100) { edges { node { outTradeNo tradeNo note } } }
  webhookDeliveries(first: 100) { edges { node { eventType attempts { answer reason } } } }
  webhookEndpoints { url description } apiKeys { label prefix } auditNotes { edges { node { actor details } } }
}`;

type Said = Record<string, Record<string, string>>;

export interface Till {
  say(query: string, variables?: Variables): Promise<Answer<Said>>;
  /** An order whose every field is marked. */
  sale(more?: Variables): Promise<{ readonly id: string; readonly clientToken: string; readonly number: string }>;
  authCode(): string;
  openEndpoint(shop: Receiver): Promise<void>;
}

export function markedTill(gateway: Gateway, { mark, known }: Markers): Till {
  let numbers = 0;
  const say = (query: string, variables: Variables = {}) => askRaw<Said>(gateway, query, variables);
  return {
    say,
    async sale(more = {}) {
      numbers += 1;
      const input = {
        merchantOrderNo: `canary-${numbers}`,
        amount: '8.88',
        subject: mark('input', 'subject'),
        body: mark('input', 'body'),
        storeId: mark('input', 'storeId'),
        terminalId: mark('input', 'terminalId'),
        operatorId: mark('input', 'operatorId'),
        metadata: { [mark('input', 'name in metadata')]: mark('input', 'metadata') },
        ...more,
      };
      const { data } = await say(CREATE, { input });
      const { id = '', clientToken = '' } = data?.createOrder ?? {};
      known('secret', 'clientToken', clientToken);
      return { id, clientToken, number: input.merchantOrderNo };
    },
    authCode() {
      const code = `28${randomBytes(8).readBigUInt64BE().toString().padStart(20, '7').slice(0, 16)}`;
      known('secret', 'authCode', code);
      return code;
    },
    async openEndpoint({ url }) {
      const { data } = await say(
        'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { ... on WebhookSecret { secret } } }',
        {
          input: {
            url: `${url}?token=${mark('input', 'query of a webhook URL')}`,
            description: mark('input', 'description'),
          },
        },
      );
      known('secret', 'webhook secret', (data?.createWebhookEndpoint?.secret ?? '').replace('whsec_', ''));
    },
  };
}

/** What Alipay says of a buyer, in an answer and, with more, in a notification. */
export function markedBuyer({ mark }: Markers): { readonly buyer: Fields; readonly told: Fields } {
  const buyer = {
    buyer_id: mark('buyer', 'buyer_id'),
    buyer_logon_id: mark('buyer', 'buyer_logon_id', (text) => `${text}***@shop.example`),
    buyer_user_id: mark('buyer', 'buyer_user_id'),
    buyer_open_id: mark('buyer', 'buyer_open_id'),
  };
  const more = {
    subject: mark('buyer', 'subject told by Alipay'),
    body: mark('buyer', 'body told by Alipay'),
    passback_params: mark('buyer', 'passback_params'),
    fund_bill_list: `[{"amount":"8.88","fundChannel":"${mark('buyer', 'fund_bill_list')}"}]`,
  };
  return { buyer, told: { ...buyer, ...more } };
}

/** Says one thing on a socket of its own and waits until it is ended, or for the answer. */
export async function shout({ wsUrl }: Pick<Gateway, 'wsUrl'>, message: string): Promise<void> {
  const socket = new WebSocket(wsUrl, 'graphql-transport-ws');
  await new Promise<void>((resolve) => {
    socket.once('open', () => socket.send(message));
    socket.once('message', () => socket.close());
    socket.once('close', () => resolve());
    socket.once('error', () => resolve());
  });
}
