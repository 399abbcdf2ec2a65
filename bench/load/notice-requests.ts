// Alipay's notifications as they come in life: one in ten is a repeat of one that was answered, one in fifty is forged.
import { type Answer, postBytes } from './connection.ts';
import { noticeSigner } from './notices.ts';
import { type Request, type Requests, type Sale, shown, type Till } from './requests.ts';

/** The driver signs this many at a time, in Node's own thread pool. */
const SIGNING = 64;
const REPEAT_EVERY = 10;
const FORGED_EVERY = 50;
/** Answered ones that a repeat is taken from. */
const REMEMBERED = 256;

/** One for each sale, at most `most`, with the repeats and the forged ones between them. Signed before the clock runs. */
export async function noticeRequests(till: Till, most: number): Promise<Requests> {
  const sales = till.sales.filter(({ status }) => status === 'PENDING').slice(0, most);
  const fresh = (await signAll(till, sales)).values();
  const answered: string[] = [];
  let posted = 0;
  return () => {
    posted += 1;
    const known = answered[posted % answered.length];
    if (posted % REPEAT_EVERY === 0 && known !== undefined) return repeatRequest(known);
    const { value, done } = fresh.next();
    if (done) return undefined;
    if (posted % FORGED_EVERY === 1) return forgedRequest(value.body);
    return noticeRequest(value, () => {
      answered[posted % REMEMBERED] = value.body;
    });
  };
}

interface Notice {
  readonly sale: Sale;
  readonly body: string;
}

async function signAll(till: Till, sales: readonly Sale[]): Promise<Notice[]> {
  const sign = noticeSigner(till.keys);
  const notices: Notice[] = [];
  for (let from = 0; from < sales.length; from += SIGNING) {
    const batch = sales.slice(from, from + SIGNING).map(async (sale) => ({ sale, body: await sign(sale) }));
    notices.push(...(await Promise.all(batch)));
  }
  return notices;
}

export function noticeRequest({ sale, body }: Notice, heard: () => void = () => {}): Request {
  return {
    bytes: noticeBytes(body),
    does: ['noticed'],
    accept(answer) {
      const fault = faultIn(answer, 'success');
      if (fault !== undefined) return fault;
      sale.status = 'PAID';
      sale.version += 1;
      heard();
      return undefined;
    },
  };
}

function repeatRequest(body: string): Request {
  return { bytes: noticeBytes(body), does: [], accept: (answer) => faultIn(answer, 'success') };
}

/** The signature is of another text. */
function forgedRequest(body: string): Request {
  const forged = body.replace('trade_status=TRADE_SUCCESS', 'trade_status=TRADE_FINISHED');
  return { bytes: noticeBytes(forged), does: [], accept: (answer) => faultIn(answer, 'failure') };
}

export function noticeBytes(body: string): Buffer {
  return postBytes({ path: '/alipay/notify', type: 'application/x-www-form-urlencoded; charset=utf-8', body });
}

function faultIn(answer: Answer, expected: 'success' | 'failure'): string | undefined {
  if (answer.status === 200 && answer.body === expected) return undefined;
  return `notification: ${shown(answer)}, expected ${expected}`;
}
