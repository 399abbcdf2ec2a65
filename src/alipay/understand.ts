import type { ChannelAnswer } from '../orders/ports.ts';
import type { ReadValue } from './answers.ts';
import type { Call } from './gateway.ts';
import type { GatewayAnswer, SignedOrNot } from './gateway-answer.ts';
import { readReply } from './replies.ts';

export interface Asked<Value> {
  readonly call: Call;
  readonly read: ReadValue<Value>;
}

/** What an answer of the gateway means to the one who asked. */
export function understand<Value>(answer: GatewayAnswer, asked: Asked<Value>): ChannelAnswer<Value> {
  switch (answer.kind) {
    case 'no_answer':
      return { kind: answer.sent ? 'unknown' : 'not_sent', reason: answer.reason };
    case 'unreadable':
      return { kind: 'unknown', reason: answer.reason };
    case 'answer':
      return hear(answer, asked);
  }
}

function hear<Value>(answer: SignedOrNot, { call, read }: Asked<Value>): ChannelAnswer<Value> {
  const { fields, keyId, bytes } = answer;
  const signed = keyId !== undefined;
  if ((fields.get('out_trade_no') ?? call.bizContent.out_trade_no) !== call.bizContent.out_trade_no)
    return { kind: 'unknown', reason: 'an answer about another out_trade_no' };
  const reply = { code: fields.get('code') ?? '', subCode: fields.get('sub_code'), signed };
  const { meaning, ...said } = readReply(call.method, reply);
  switch (meaning) {
    case 'unknown':
      return { kind: 'unknown', reason: signed ? said.subCode : `unsigned: ${said.subCode}` };
    case 'rejected':
      if (answer.repeated && acts(call)) return { kind: 'unknown', reason: `sent twice, then ${said.subCode}` };
      return { kind: 'rejected', ...said };
    case 'accepted': {
      const found = read(fields);
      if (typeof found === 'string') return { kind: 'unknown', reason: found };
      if (keyId === undefined) return { kind: 'unknown', reason: 'unsigned' };
      return { kind: 'accepted', value: found.value, bytes, keyId };
    }
  }
}

/** The second no does not say what became of the first attempt: a payment code, say, is used up by it. */
function acts({ method }: Call): boolean {
  return method !== 'alipay.trade.query' && method !== 'alipay.trade.fastpay.refund.query';
}
