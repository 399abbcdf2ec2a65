import type { Case } from '../orders/case.ts';
import type { Evidence, Inbox } from '../orders/ports.ts';
import { isJudged } from './change-values.ts';
import type { Database } from './database.ts';
import { toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowOf, rowsOf, type Value } from './statement.ts';
import { lookFor } from './statements/look.ts';
import { recordEvidence, recordNotification } from './statements/record-message.ts';

type Looked = { readonly judged: boolean } & (WholeOrderRow | { readonly id: null });

export function postgresInbox({ pool }: Pick<Database, 'pool'>): Inbox {
  return {
    async look({ merchantId, accountId, outTradeNo, notifyId }) {
      const row = await rowOf<Looked>(pool, lookFor(outTradeNo), [merchantId, accountId, outTradeNo, notifyId]);
      if (row === undefined) throw new Error('the inbox gave no answer');
      return { judged: row.judged, order: row.id === null ? undefined : toWholeOrder(row) };
    },

    async record(evidence, opened) {
      const statement = isJudged(evidence) ? recordNotification : recordEvidence;
      await rowsOf(pool, statement, [...evidenceValues(evidence), ...caseValues(opened)]);
    },
  };
}

function evidenceValues(evidence: Evidence): Value[] {
  const { merchantId, id, orderId, kind, notifyId, receivedAt, bytes, verdict } = evidence;
  return [merchantId, id, orderId, kind, notifyId, receivedAt, bytes, verdict];
}

function caseValues(opened: Case | null): Value[] {
  if (opened === null) return [null, null, null, null, null, null];
  const { id, kind, amountFen, outTradeNo, tradeNo, openedAt } = opened;
  return [id, kind, amountFen.toString(), outTradeNo, tradeNo, openedAt];
}
