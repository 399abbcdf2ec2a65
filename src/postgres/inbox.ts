import type { Case } from '../orders/case.ts';
import type { Evidence, Inbox, InboxQuestion } from '../orders/ports.ts';
import { digestOf, isJudged } from './change-values.ts';
import type { Database } from './database.ts';
import { toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowsOf, type Value } from './statement.ts';
import { lookFor } from './statements/look.ts';
import { recordEvidence, recordNotification } from './statements/record-message.ts';
import { together } from './together.ts';

type Looked = { readonly question: number; readonly judged: boolean } & (WholeOrderRow | { readonly id: null });

export function postgresInbox({ pool }: Pick<Database, 'pool'>): Inbox {
  const lookUp = together<InboxQuestion, Looked>({
    groupOf: ({ merchantId, outTradeNo }) => `${merchantId} ${lookFor(outTradeNo).name}`,
    async run(questions) {
      const rows = await rowsOf<Looked>(pool, lookFor(questions[0]?.outTradeNo ?? ''), questionValues(questions));
      return rows.sort((one, other) => one.question - other.question);
    },
  });
  return {
    async look(question) {
      const row = await lookUp(question);
      return { judged: row.judged, order: row.id === null ? undefined : toWholeOrder(row) };
    },

    async record(evidence, opened) {
      const statement = isJudged(evidence) ? recordNotification : recordEvidence;
      await rowsOf(pool, statement, [...evidenceValues(evidence), ...caseValues(opened)]);
    },
  };
}

function questionValues(questions: readonly InboxQuestion[]): Value[] {
  return [
    questions[0]?.merchantId ?? null,
    questions.map(({ accountId }) => accountId),
    questions.map(({ outTradeNo }) => outTradeNo),
    questions.map(({ notifyId }) => notifyId),
  ];
}

function evidenceValues(evidence: Evidence): Value[] {
  const { merchantId, id, orderId, kind, notifyId, receivedAt, bytes, verdict, keyId } = evidence;
  return [merchantId, id, orderId, kind, notifyId, receivedAt, bytes, verdict, keyId, digestOf(bytes)];
}

function caseValues(opened: Case | null): Value[] {
  if (opened === null) return [null, null, null, null, null, null];
  const { id, kind, amountFen, outTradeNo, tradeNo, openedAt } = opened;
  return [id, kind, amountFen.toString(), outTradeNo, tradeNo, openedAt];
}
