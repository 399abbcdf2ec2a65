// What is asked in each workload, and when an answer counts.
import type { Answer } from './connection.ts';
import { postBytes } from './connection.ts';
import { type Dialect, fieldsOf } from './dialects.ts';
import type { Keys } from './keys.ts';
import { noticeSigner } from './notices.ts';

export const workloadNames = ['createOrder', 'notification', 'order'] as const;
export type WorkloadName = (typeof workloadNames)[number];

export interface Request {
  readonly bytes: Buffer;
  /** Takes note of an answer and says what is wrong with it; undefined when nothing is. */
  accept(answer: Answer): string | undefined;
}

/** Requests one by one, made as late as possible but for the signed ones; undefined when there are no more. */
export type Requests = () => Request | undefined;

interface Sale {
  readonly id: string;
  readonly merchantOrderNo: string;
  readonly amount: string;
  paid: boolean;
}

export interface Till {
  readonly dialect: Dialect;
  readonly keys: Keys;
  /** The orders of this round. */
  sales: Sale[];
  /** Makes the numbers of this side unique. */
  made: number;
}

const SUBJECT = 'Tea and cake 茶';
const JSON_TYPE = 'application/json';
/** The driver signs this many at a time, in Node's own thread pool. */
const SIGNING = 64;

export async function requestsOf(name: WorkloadName, till: Till, most: number): Promise<Requests> {
  switch (name) {
    case 'createOrder':
      till.sales = [];
      return () => createRequest(till);
    case 'notification':
      return one(await signedNotices(till, most));
    case 'order':
      return () => orderRequest(till);
  }
}

function createRequest(till: Till): Request {
  till.made += 1;
  const merchantOrderNo = `bench-${till.made}`;
  const amount = `${1 + (till.made % 997)}.${String(till.made % 100).padStart(2, '0')}`;
  const input = { merchantOrderNo, amount, subject: SUBJECT, storeId: 'store-1', terminalId: 'till-7' };
  return {
    bytes: ask(till, till.dialect.createOrder(input)),
    accept(answer) {
      const order = orderIn(till, answer);
      const fault = faultIn(order, { merchantOrderNo, amount, status: 'PENDING', version: 1 });
      if (fault === undefined) till.sales.push({ id: String(order.id), merchantOrderNo, amount, paid: false });
      return fault;
    },
  };
}

function orderRequest(till: Till): Request | undefined {
  const sale = till.sales[Math.floor(Math.random() * till.sales.length)];
  if (sale === undefined) return undefined;
  const { id, merchantOrderNo, amount, paid } = sale;
  const expected = { id, merchantOrderNo, amount, status: paid ? 'PAID' : 'PENDING', version: paid ? 2 : 1 };
  return {
    bytes: ask(till, till.dialect.order(id)),
    accept: (answer) => faultIn(orderIn(till, answer), expected),
  };
}

async function signedNotices(till: Till, most: number): Promise<Request[]> {
  const sign = noticeSigner(till.keys);
  const sales = till.sales.slice(0, most);
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
      sale.paid = true;
      return undefined;
    },
  };
}

function one(requests: readonly Request[]): Requests {
  const rest = requests.values();
  return () => rest.next().value;
}

function ask({ keys }: Till, { path, body }: { path: string; body: object }): Buffer {
  return postBytes({ path, type: JSON_TYPE, body: JSON.stringify(body), authorization: `Bearer ${keys.apiKey}` });
}

function orderIn({ dialect }: Till, answer: Answer): Readonly<Record<string, unknown>> {
  const order = answer.status === 200 ? dialect.orderIn(JSON.parse(answer.body)) : undefined;
  return fieldsOf(order ?? { fault: shown(answer) });
}

/** The fields that must be as expected, and the times that must be there. */
function faultIn(order: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>) {
  const { fault, id, createdAt, expiresAt, subject } = order;
  if (fault !== undefined) return `no order: ${fault}`;
  const wrong = Object.entries(expected).find(([name, value]) => order[name] !== value);
  if (wrong !== undefined) return `${wrong[0]} is ${JSON.stringify(order[wrong[0]])}, expected ${wrong[1]}`;
  const whole = typeof id === 'string' && typeof createdAt === 'string' && typeof expiresAt === 'string';
  return whole && subject === SUBJECT ? undefined : `a field is missing: ${JSON.stringify(order)}`;
}

function shown({ status, body }: Answer): string {
  return `${status} ${body.slice(0, 300)}`;
}
