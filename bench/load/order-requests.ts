// Selling and looking at what was sold.
import { fieldsOf } from './dialects.ts';
import { ask, faultIn, type Request, type Sale, shown, type Thing, type Till, thingIn, thingsIn } from './requests.ts';

const SUBJECT = 'Tea and cake 茶';
const PAGE = 20;
/** Pages that are asked for again and again; a merchant looks at the newest. */
const KNOWN_PAGES = 50;

export function createRequest(till: Till): Request {
  const { input, expected } = newSale(till);
  return {
    bytes: ask(till, till.dialect.createOrder(input)),
    does: ['created'],
    accept(answer) {
      const order = thingIn(till, answer);
      const fault = faultIn(order, expected, ['id', 'createdAt', 'expiresAt']);
      if (fault === undefined) till.sales.push({ id: String(order.id), ...expected, hasCode: false });
      return fault && `createOrder: ${fault}`;
    },
  };
}

/** An order and its QR code in one document. */
export function sellRequest(till: Till, sold?: (sale: Sale) => void): Request {
  const { input, expected } = newSale(till);
  return {
    bytes: ask(till, till.dialect.sell(input)),
    does: ['created', 'offered'],
    accept(answer) {
      const [order = { fault: shown(answer) }, payment = { fault: shown(answer) }] = thingsIn(till, answer);
      const fault =
        faultIn(order, expected, ['id', 'createdAt', 'expiresAt']) ?? faultInOffer(payment, String(order.id), input);
      if (fault !== undefined) return `sell: ${fault}`;
      const sale = { id: String(order.id), ...expected, version: 2, hasCode: true };
      till.sales.push(sale);
      sold?.(sale);
      return undefined;
    },
  };
}

function newSale(till: Till) {
  till.made += 1;
  const merchantOrderNo = `bench-${till.made}`;
  const amount = `${1 + (till.made % 997)}.${String(till.made % 100).padStart(2, '0')}`;
  const input = { merchantOrderNo, amount, subject: SUBJECT, storeId: 'store-1', terminalId: 'till-7' };
  const expected = { merchantOrderNo, amount, subject: SUBJECT, status: 'PENDING', version: 1 } as const;
  return { input, expected };
}

function faultInOffer(payment: Thing, id: string, input: { merchantOrderNo: string; amount: string }) {
  const { merchantOrderNo: outTradeNo, amount } = input;
  const expected = { method: 'QR_CODE', status: 'AWAITING_BUYER', amount, outTradeNo };
  const content = `https://qr.alipay.com/${outTradeNo}`;
  return (
    faultIn(payment, expected, ['id']) ??
    faultIn(fieldsOf(payment.qrCode), { content }, ['expiresAt']) ??
    faultIn(fieldsOf(payment.order), { id, status: 'PENDING', version: 2 }, [])
  );
}

export function orderRequest(till: Till): Request | undefined {
  const sale = till.sales[Math.floor(Math.random() * till.sales.length)];
  if (sale === undefined) return undefined;
  return {
    bytes: ask(till, till.dialect.order(sale.id)),
    does: [],
    accept(answer) {
      const { id, merchantOrderNo, amount } = sale;
      const order = thingIn(till, answer);
      const fault = faultIn(order, { id, merchantOrderNo, amount, subject: SUBJECT }, ['createdAt', 'expiresAt']);
      return fault ?? faultInStep(order, sale);
    },
  };
}

/** An answer may be older than what has been heard since it was asked for, and a notification in before its own answer is. */
function faultInStep({ status, version }: Thing, sale: Sale): string | undefined {
  const isOlder = typeof version === 'number' && version < sale.version;
  const isAhead = version === sale.version + 1 && status === 'PAID' && sale.status === 'PENDING';
  if (isOlder || isAhead || (version === sale.version && status === sale.status)) return undefined;
  return `${status} ${version}, expected ${sale.status} ${sale.version}`;
}

/** Pages of twenty, the newest and those behind them. */
export function pageRequests(till: Till): () => Request {
  const sales = new Map(till.sales.map((sale) => [sale.id, sale]));
  const cursors: (string | null)[] = [null];
  return () => {
    const after = cursors[Math.floor(Math.random() * cursors.length)] ?? null;
    return {
      bytes: ask(till, till.dialect.ordersPage(after)),
      does: [],
      accept(answer) {
        const { edges, pageInfo } = thingIn(till, answer);
        const nodes = Array.isArray(edges) ? edges.map((edge) => fieldsOf(fieldsOf(edge).node)) : [];
        const { endCursor, hasNextPage } = fieldsOf(pageInfo);
        if (hasNextPage === true && typeof endCursor === 'string' && cursors.length < KNOWN_PAGES)
          cursors.push(endCursor);
        if (nodes.length !== PAGE && hasNextPage !== false) return `a page of ${nodes.length}: ${shown(answer)}`;
        return faultInPage(nodes, sales);
      },
    };
  };
}

function faultInPage(nodes: readonly Thing[], sales: ReadonlyMap<string, Sale>): string | undefined {
  for (const [place, node] of nodes.entries()) {
    const before = nodes[place - 1];
    if (before !== undefined && String(before.createdAt) < String(node.createdAt)) return 'a page out of order';
    const sale = sales.get(String(node.id));
    const { merchantOrderNo, amount } = sale ?? {};
    const fault = faultIn(node, sale ? { merchantOrderNo, amount, subject: SUBJECT } : {}, ['id', 'createdAt']);
    const wrong = fault ?? (sale && faultInStep(node, sale));
    if (wrong !== undefined) return `ordersPage: ${wrong}`;
  }
  return undefined;
}
