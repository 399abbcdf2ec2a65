import { problemOf, refused } from '../api/answer.ts';
import { pause } from '../api/ask-until-answered.ts';
import { createOrder, issueSubmissionToken } from '../api/documents.ts';
import type { Gateway } from '../api/gateway.ts';
import type { Counter } from './sale.ts';

/** Selling, asked of the real gateway. */
export function gatewayCounter({ client, clock }: Gateway): Counter {
  return {
    now: clock.now,
    pause,
    async issueToken() {
      const { data, error } = await client.mutation(issueSubmissionToken, {}).toPromise();
      return data?.issueSubmissionToken ?? problemOf(error);
    },
    async createOrder(draft, submissionToken) {
      const { data, error } = await client.mutation(createOrder, { input: { ...draft, submissionToken } }).toPromise();
      const answer = data?.createOrder;
      if (answer === undefined) return problemOf(error);
      return answer.__typename === 'Order' ? { kind: 'sold', order: answer } : refused(answer);
    },
  };
}
