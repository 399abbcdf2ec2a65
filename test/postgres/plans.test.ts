// The plans of the statements: generic ones, as a named statement gets them after its first uses, on connections as
// the gateway makes them. They must lead straight to the rows over a table that is worth an index, over one that was never
// analyzed, and over one that was empty when it was: such a plan is kept while the table grows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Statement } from '../../src/postgres/statement.ts';
import { findKey } from '../../src/postgres/statements/api-keys.ts';
import * as bundles from '../../src/postgres/statements/bundles.ts';
import * as cases from '../../src/postgres/statements/cases.ts';
import * as checks from '../../src/postgres/statements/checks.ts';
import { countOrders } from '../../src/postgres/statements/count-orders.ts';
import { feedPage, pruneFeeds } from '../../src/postgres/statements/feed.ts';
import { findOrderByNumber, findOrdersById } from '../../src/postgres/statements/find-order.ts';
import { insertOrder } from '../../src/postgres/statements/insert-order.ts';
import { insertOrders } from '../../src/postgres/statements/insert-orders.ts';
import { lookFor } from '../../src/postgres/statements/look.ts';
import { newsOfOrders } from '../../src/postgres/statements/news.ts';
import { orderPageFor } from '../../src/postgres/statements/order-page.ts';
import * as parts from '../../src/postgres/statements/order-parts.ts';
import { orderRowByNumber, orderRowsByIds } from '../../src/postgres/statements/order-row.ts';
import { recordEvidence, recordNotification } from '../../src/postgres/statements/record-message.ts';
import { markRefundTried } from '../../src/postgres/statements/refund-tried.ts';
import { takeOutboxRows } from '../../src/postgres/statements/take-outbox.ts';
import { writeOrder } from '../../src/postgres/statements/write-order.ts';
import { writeOrders } from '../../src/postgres/statements/write-orders.ts';
import { load, ORDERS } from './load.ts';
import { type Opened, openPrepared, planOf, WALKS } from './prepared.ts';

const none: never[] = [];
const answered = { event: none, payment: none, evidence: none, found: none };
const heard = { ...answered, notification: none };

/** Those that the money goes through. */
const hot: readonly Statement[] = [
  insertOrder,
  orderRowByNumber,
  findOrdersById,
  findOrderByNumber,
  lookFor('short'),
  lookFor('x'.repeat(61)),
  recordNotification,
  recordEvidence,
  newsOfOrders,
  findKey,
  checks.anyDue,
  checks.takeCheck,
  checks.putBackCheck,
  checks.dropCheck,
  cases.casePolicyOf,
  cases.putCasePolicy,
  writeOrder({ event: none }),
  writeOrder({ event: none, payment: none }),
  writeOrder({ event: none, payment: none, check: none }),
  writeOrder({ ...heard, uncheck: none }),
  // Alipay's answers: a QR code, a scanned code, a refund.
  writeOrder({ event: none, payment: none, evidence: none, check: none }),
  writeOrder({ ...answered, check: none }),
  writeOrder({ ...answered, uncheck: none }),
  writeOrder({ ...answered, refunds: none, uncheck: none }),
  writeOrder({ payment: none, evidence: none, notification: none, found: none }),
  writeOrder({ event: none, refunds: none, check: none }),
  writeOrder({
    events: none,
    payments: none,
    refunds: none,
    evidence: none,
    notification: none,
    found: none,
    cases: none,
  }),
];

const straight: readonly Statement[] = [
  ...hot,
  orderRowsByIds,
  parts.paymentRowById,
  parts.refundRowById,
  markRefundTried,
  cases.caseRowById,
  cases.casePage,
  cases.openCasePage,
  cases.closeCase,
  orderPageFor('', { first: 20 }).statement,
  orderPageFor('', { first: 20, afterId: '', status: [], storeId: '' }).statement,
  orderPageFor('', { first: 20, createdFrom: new Date(), createdBefore: new Date() }).statement,
];

/** Of many rows at a time: they may sort a handful of them. */
const many: readonly Statement[] = [
  insertOrders,
  writeOrders(['payment', 'evidence', 'notification', 'found', 'uncheck']),
  writeOrders(['payment', 'evidence', 'check']),
  writeOrders(['payment', 'check']),
  writeOrders(['payment', 'evidence', 'notification', 'found', 'check', 'uncheck']),
  parts.paymentsOfOrders,
  parts.refundsOfOrders,
  parts.eventsOfOrders,
  cases.casesOfOrders,
  cases.evidenceHeads,
  checks.takeChecks,
  checks.hurryChecks,
  feedPage,
];

/** Those that walk, on purpose, from merchant to merchant; within one they still go straight. */
const acrossMerchants: readonly Statement[] = [takeOutboxRows, pruneFeeds];

/** Through the merchant alone, all of its rows are walked; of its feed there is but one, of its apps a handful. */
const ALL_OF_A_MERCHANT =
  /using (?!merchant_feeds_pkey|apps_account_idx)\S+ on .*\n +Index Cond: \(merchant_id = [^)]*\)$/m;

describe('over tables that are worth an index', () => {
  let full: Opened;
  beforeAll(async () => {
    full = await openPrepared((client) => client.query(`${load}; analyze`));
  });
  afterAll(() => full?.close());

  test.each(straight)('$name goes straight to its rows', async (statement) => {
    const plan = await planOf(statement, full.client);
    expect(plan).not.toMatch(/Sort|Hash Join|Bitmap/);
    expect(plan).not.toMatch(WALKS);
    expect(plan).not.toContain('payments_one_live_key');
    if (!statement.name.includes('page')) expect(plan).not.toMatch(ALL_OF_A_MERCHANT);
  });

  test.each(many)('$name sorts a handful, and walks no table', async (statement) => {
    const plan = await planOf(statement, full.client);
    expect(plan).not.toMatch(WALKS);
    expect(plan).not.toMatch(ALL_OF_A_MERCHANT);
    expect(plan).not.toContain('payments_one_live_key');
  });

  test.each(acrossMerchants)('$name reads the oldest of each merchant’s rows through their key', async (statement) => {
    const plan = await planOf(statement, full.client);
    expect(plan).not.toContain('Seq Scan');
    expect(plan).toMatch(/Limit.*\n +-> {2}Index Scan using (outbox|event_feed)_pkey on \S+ \w+ .*\n +Index Cond: \(/);
  });

  test.each([bundles.nextBundles, bundles.nextMessages, bundles.nextEventKeys])(
    '$name walks a key in its order',
    async (statement) => {
      const plan = await planOf(statement, full.client);
      expect(plan).toMatch(/^Limit[^\n]*\n *-> +Index (Only )?Scan using \w+_pkey on \w+ \w\b.*\n *Index Cond: \(+ROW/);
      expect(plan).not.toMatch(/Seq Scan|Hash/);
    },
  );

  test('a bundle reads every table but that of applications by the whole key of its order', async () => {
    const plan = await planOf(bundles.bundleOfOrder, full.client);
    expect(plan).not.toMatch(WALKS);
    expect(plan).not.toMatch(ALL_OF_A_MERCHANT);
    expect(plan).toContain('apps_account_idx');
  });

  test('open cases have an index of their own, and so has their sum', async () => {
    expect(await planOf(cases.openCasePage, full.client)).toContain('using cases_open_idx');
    expect(await planOf(cases.openCaseFigures, full.client)).toContain('cases_open_idx');
  });

  test('counting reads the newest orders of each merchant through their key', async () => {
    await full.client.query('set plan_cache_mode = force_custom_plan');
    await full.client.query(`prepare counting as ${countOrders.text}`);
    const newest = (ORDERS - 500).toString(16).padStart(32, '0');
    const { rows } = await full.client.query<{ 'QUERY PLAN': string }>(`explain execute counting ('${newest}')`);
    await full.client.query('set plan_cache_mode = force_generic_plan');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('orders_pkey');
    expect(plan).not.toContain('Seq Scan on orders');
  });
});

describe.each([
  ['were never analyzed', 'select 1'],
  ['were empty when they were analyzed', 'analyze'],
])('over tables that %s', (_, prepare) => {
  let young: Opened;
  beforeAll(async () => {
    young = await openPrepared((client) => client.query(prepare));
  });
  afterAll(() => young?.close());

  test.each([...hot, ...many])('$name finds its rows by their whole key', async (statement) => {
    const plan = await planOf(statement, young.client);
    expect(plan).not.toMatch(WALKS);
    expect(plan).not.toMatch(ALL_OF_A_MERCHANT);
    expect(plan).not.toContain('payments_one_live_key');
  });
});

test('every read and write of a merchant’s rows names the merchant', () => {
  const overall: readonly Statement[] = [
    findKey,
    checks.anyDue,
    checks.takeChecks,
    checks.hurryChecks,
    cases.casePolicyOf,
    cases.putCasePolicy,
  ];
  for (const { name, text } of [...straight, ...many].filter((statement) => !overall.includes(statement)))
    expect([name, text]).toEqual([name, expect.stringMatching(/merchant_id = \$1|values \(\$1|select \$1::uuid/)]);
});
