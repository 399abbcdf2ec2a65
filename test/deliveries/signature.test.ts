// Against Standard Webhooks' own library and its published example (standard-webhooks/spec, libraries' tests).
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { newWebhookSecret, signedHeaders } from '../../src/deliveries/signature.ts';

/** The example of the specification's reference libraries. */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAt: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const message = () => ({
  id: 'evt_01',
  sentAt: new Date(),
  body: '{"type":"payment.succeeded","data":{"subject":"茶 🍵"}}',
});

test('the published example', () => {
  expect(signedHeaders(EXAMPLE.message, [EXAMPLE.secret])).toEqual({
    'webhook-id': EXAMPLE.message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': EXAMPLE.signature,
  });
});

test('a new secret is 32 random bytes behind whsec_', () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  expect(new Set(secrets).size).toBe(2);
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  }
});

describe('the library of Standard Webhooks', () => {
  const [secret, other] = [newWebhookSecret(), newWebhookSecret()];

  test('takes our signature, and makes the same', () => {
    const sent = message();
    const headers = signedHeaders(sent, [secret]);
    expect(new Webhook(secret).verify(sent.body, headers)).toEqual(JSON.parse(sent.body));
    expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(sent.id, sent.sentAt, sent.body));
  });

  test('takes either of two, whichever secret a receiver has', () => {
    const sent = message();
    const headers = signedHeaders(sent, [secret, other]);
    for (const known of [secret, other]) expect(new Webhook(known).verify(sent.body, headers)).toBeDefined();
    expect(() => new Webhook(newWebhookSecret()).verify(sent.body, headers)).toThrow('No matching signature');
  });

  test('refuses another body, id or time', () => {
    const sent = message();
    const headers = signedHeaders(sent, [secret]);
    const hook = new Webhook(secret);
    expect(() => hook.verify(`${sent.body} `, headers)).toThrow('No matching signature');
    expect(() => hook.verify(sent.body, { ...headers, 'webhook-id': 'evt_02' })).toThrow('No matching signature');
    const old = signedHeaders({ ...sent, sentAt: new Date(Date.now() - 600_000) }, [secret]);
    expect(() => hook.verify(sent.body, old)).toThrow('too old');
  });
});
