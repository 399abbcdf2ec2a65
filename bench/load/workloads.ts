// What is asked in each workload.
import { payRequest, refundRequest } from './money-requests.ts';
import { noticeRequest, noticeRequests } from './notice-requests.ts';
import { noticeSigner } from './notices.ts';
import { createRequest, orderRequest, pageRequests, sellRequest } from './order-requests.ts';
import type { Request, Requests, Sale, Till } from './requests.ts';

/** In the order in which a round plays them: what one makes another takes. */
export const workloadNames = [
  'createOrder',
  'sell',
  'sell50',
  'sell300',
  'payByAuthCode',
  'notification',
  'order',
  'ordersPage',
  'refundOrder',
  'mixed',
] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** Orders of a round that are left to the notifications, so that scanned codes never take them all. */
const LEFT_TO_NOTICES = 0.5;

/** The requests of a workload; `most` bounds those that are made before the clock runs. */
export async function requestsOf(name: WorkloadName, till: Till, most: number): Promise<Requests> {
  switch (name) {
    case 'createOrder':
      return () => createRequest(till);
    case 'sell':
    case 'sell50':
    case 'sell300':
      return () => sellRequest(till);
    case 'payByAuthCode':
      return oneEach(scannable(till), (sale) => payRequest(till, sale));
    case 'notification':
      return noticeRequests(till, most);
    case 'order':
      return () => orderRequest(till);
    case 'ordersPage':
      return pageRequests(till);
    case 'refundOrder':
      return oneEach(
        till.sales.filter(({ status }) => status === 'PAID'),
        (sale) => refundRequest(till, sale),
      );
    case 'mixed':
      return mixedRequests(till);
  }
}

function scannable({ sales }: Till): Sale[] {
  const free = sales.filter(({ status, hasCode }) => status === 'PENDING' && !hasCode);
  return free.slice(Math.ceil(free.length * LEFT_TO_NOTICES));
}

function oneEach(sales: readonly Sale[], requestFor: (sale: Sale) => Request): Requests {
  const rest = sales.values();
  return () => {
    const { value, done } = rest.next();
    return done ? undefined : requestFor(value);
  };
}

/** A day at the tills: each sale is paid a moment later, and looked at three times. */
function mixedRequests(till: Till): Requests {
  const sign = noticeSigner(till.keys);
  const paid: Request[] = [];
  const sold = (sale: Sale) => {
    sign(sale).then((body) => paid.push(noticeRequest({ sale, body })));
  };
  let asked = 0;
  return () => {
    asked += 1;
    if (asked % 5 === 1) return sellRequest(till, sold);
    const notice = asked % 5 === 2 ? paid.shift() : undefined;
    return notice ?? orderRequest(till) ?? sellRequest(till, sold);
  };
}
