// What is asked in each workload, and when an answer counts.
import { postBytes } from './connection.ts';
import { payRequest, refundRequest } from './money-requests.ts';
import { noticeSigner } from './notices.ts';
import { ask, faultIn, type Request, type Requests, type Sale, shown, type Till, thingIn } from './requests.ts';

export const workloadNames = ['createOrder', 'payByAuthCode', 'notification', 'order', 'refundOrder'] as const;
export type WorkloadName = (typeof workloadNames)[number];

const SUBJECT = 'Tea and cake 茶';
/** The driver signs this many at a time, in Node's own thread pool. */
const SIGNING = 64;
/** Orders of a round that are left to the notifications, so that scanned codes never take them all. */
const LEFT_TO_NOTICES = 0.5;

export async function requestsOf(name: WorkloadName, till: Till, most: number): Promise<Requests> {
  switch (name) {
    case 'createOrder':
      till.sales = [];
      return () => createRequest(till);
    case 'payByAuthCode':
      return oneEach(till.sales.slice(Math.ceil(till.sales.length * LEFT_TO_NOTICES)), (sale) =>
        payRequest(till, sale),
      );
    case 'notification':
      return oneEach(await signedNotices(till, most), (request) => request);
    case 'order':
      return () => orderRequest(till);
    case 'refundOrder':
      return oneEach(
        till.sales.filter(({ status }) => status === 'PAID'),
        (sale) => refundRequest(till, sale),
      );
  }
}

function createRequest(till: Till): Request {
  till.made += 1;
  const merchantOrderNo = `bench-${till.made}`;
  const amount = `${1 + (till.made % 997)}.${String(till.made % 100).padStart(2, '0')}`;
  const input = { merchantOrderNo, amount, subject: SUBJECT, storeId: 'store-1', terminalId: 'till-7' };
  const expected = { merchantOrderNo, amount, subject: SUBJECT, status: 'PENDING', version: 1 } as const;
  return {
    bytes: ask(till, till.dialect.createOrder(input)),
    accept(answer) {
      const order = thingIn(till, answer);
      const fault = faultIn(order, expected, ['id', 'createdAt', 'expiresAt']);
      if (fault === undefined) till.sales.push({ id: String(order.id), ...expected });
      return fault;
    },
  };
}

function orderRequest(till: Till): Request | undefined {
  const sale = till.sales[Math.floor(Math.random() * till.sales.length)];
  if (sale === undefined) return undefined;
  const expected = { ...sale, subject: SUBJECT };
  return {
    bytes: ask(till, till.dialect.order(sale.id)),
    accept: (answer) => faultIn(thingIn(till, answer), expected, ['createdAt', 'expiresAt']),
  };
}

async function signedNotices(till: Till, most: number): Promise<Request[]> {
  const sign = noticeSigner(till.keys);
  const sales = till.sales.filter(({ status }) => status === 'PENDING').slice(0, most);
  const notices: Request[] = [];
  for (let from = 0; from < sales.length; from += SIGNING) {
    const batch = sales.slice(from, from + SIGNING).map(async (sale) => noticeRequest(sale, await sign(sale)));
    notices.push(...(await Promise.all(batch)));
  }
  return notices;
}

function noticeRequest(sale: Sale, body: string): Request {
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  return {
    bytes: postBytes({ path: '/alipay/notify', type, body }),
    accept(answer) {
      if (answer.status !== 200 || answer.body !== 'success') return `notification: ${shown(answer)}`;
      sale.status = 'PAID';
      sale.version = 2;
      return undefined;
    },
  };
}

function oneEach<Item>(items: readonly Item[], requestFor: (item: Item) => Request): Requests {
  const rest = items.values();
  return () => {
    const { value, done } = rest.next();
    return done ? undefined : requestFor(value);
  };
}
