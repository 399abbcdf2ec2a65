// An Alipay that hands out QR codes and knows nothing else: its notifications are the test's to send.
import {
  type Answer,
  type FakeGateway,
  fakeGateway,
  PRECREATE,
  QUERY,
  says,
  signedAnswer,
} from '../alipay/fake-gateway.ts';

export async function startAlipay(): Promise<FakeGateway> {
  const server = await fakeGateway();
  server.answer = handOut;
  return server;
}

/** A code for every number; no trade exists. */
export const handOut: Answer = (asked, response) => {
  const { out_trade_no } = asked.bizContent;
  const isQuery = (asked.query.get('method') ?? asked.form.get('method')) === 'alipay.trade.query';
  const code = { code: '10000', msg: 'Success', out_trade_no, qr_code: `https://qr.example/${out_trade_no}` };
  const none = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: '-', out_trade_no };
  says(isQuery ? signedAnswer(QUERY, none) : signedAnswer(PRECREATE, code))(asked, response);
};
