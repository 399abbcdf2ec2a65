// The road to Alipay's gateway: one POST, bounded in time and size, and noted as it went: whether a byte of the request
// may have left, and the answer byte for byte. It follows and unpacks nothing: neither is Alipay's, and unpacking knows
// no bound.
import { type Dispatcher, Pool } from 'undici';

export interface TransportLimits {
  /** Until a connection stands (DNS, TCP, TLS). */
  readonly connectTimeoutMs: number;
  /** Of an answer's body. */
  readonly maxAnswerBytes: number;
}

/** One call as it went over the wire. */
export type Exchange = Sent & (Answered | Unanswered);

interface Sent {
  /** A byte of the request may have left. */
  readonly sent: boolean;
  /** It was tried once more, after bytes of the first attempt may have left. */
  readonly repeated: boolean;
}

interface Answered {
  readonly answer: { readonly status: number; readonly body: Buffer };
}

interface Unanswered {
  readonly answer: undefined;
  /** A code or a message; neither holds a parameter of the call. */
  readonly fault: string;
}

/** A signed call, encoded for its URL and its body. */
export interface SignedForm {
  readonly query: string;
  readonly body: string;
}

export interface Transport {
  /** `totalTimeoutMs`: from the first attempt to the last byte of the answer. Does not throw. */
  post(form: SignedForm, totalTimeoutMs: number): Promise<Exchange>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly gateway: string;
  readonly userAgent: string;
  readonly limits: TransportLimits;
}

/** What a connection that was kept too long, or a restart over there, makes of a call. */
const BROKEN = ['UND_ERR_SOCKET', 'ECONNRESET'];

export function openTransport({ gateway, userAgent, limits }: TransportOptions): Transport {
  const { origin, pathname, search } = new URL(gateway);
  const path = `${pathname}${search === '' ? '?' : `${search}&`}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
    accept: 'application/json',
    'user-agent': userAgent,
  };
  const pool = new Pool(origin, {
    connect: { timeout: limits.connectTimeoutMs },
    maxResponseSize: limits.maxAnswerBytes,
    keepAliveTimeout: 10_000,
    pipelining: 1,
    // The time of the whole call bounds both.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    post: ({ query, body }, totalTimeoutMs) =>
      new Promise((resolve) => {
        const request = { method: 'POST', path: path + query, headers, body } as const;
        new Post((handler) => pool.dispatch(request, handler), resolve).start(totalTimeoutMs);
      }),
    close: () => pool.destroy(),
  };
}

/** One call through its attempts. */
class Post implements Dispatcher.DispatchHandler {
  readonly #dispatch: (handler: Dispatcher.DispatchHandler) => void;
  readonly #done: (exchange: Exchange) => void;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #late: Error | undefined;
  #sent = false;
  #repeated = false;
  #status: number | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(dispatch: (handler: Dispatcher.DispatchHandler) => void, done: (exchange: Exchange) => void) {
    this.#dispatch = dispatch;
    this.#done = done;
  }

  start(totalTimeoutMs: number): void {
    this.#timer = setTimeout(() => this.#expire(totalTimeoutMs), totalTimeoutMs);
    this.#dispatch(this);
  }

  /** With a connection at hand, right before it is written to. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#late !== undefined) {
      controller.abort(this.#late);
      return;
    }
    this.#controller = controller;
    this.#repeated = this.#sent;
    this.#sent = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    const odd = oddity(status, headers);
    if (odd !== undefined) controller.abort(new Error(odd));
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end({ answer: { status: this.#status ?? 0, body: Buffer.concat(this.#chunks) } });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.#mayRepeat(error)) {
      this.#end({ answer: undefined, fault: faultOf(error) });
      return;
    }
    this.#controller = undefined;
    this.#dispatch(this);
  }

  /**
   * Every call of ours may be sent twice: its numbers make the second one the first. Once is enough for a stale connection, and
   * an answer that has begun is not begun anew.
   */
  #mayRepeat(error: Error): boolean {
    const silent = this.#sent && !this.#repeated && this.#status === undefined;
    return silent && 'code' in error && BROKEN.includes(String(error.code));
  }

  #expire(totalTimeoutMs: number): void {
    this.#late = new Error(`no whole answer within ${totalTimeoutMs} ms`);
    if (this.#controller === undefined) this.#end({ answer: undefined, fault: this.#late.message });
    else this.#controller.abort(this.#late);
  }

  #end(said: Answered | Unanswered): void {
    clearTimeout(this.#timer);
    this.#done({ sent: this.#sent, repeated: this.#repeated, ...said });
  }
}

type Headers = Record<string, string | string[] | undefined>;

function oddity(status: number, headers: Headers): string | undefined {
  if (status >= 300 && status < 400) return 'the gateway answered with a redirect';
  return headers['content-encoding'] === undefined ? undefined : 'the gateway answered with an encoded body';
}

/** The innermost cause. */
function faultOf(error: unknown): string {
  let fault = error;
  while (fault instanceof Error && fault.cause instanceof Error) fault = fault.cause;
  if (!(fault instanceof Error)) return 'no answer';
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.message.slice(0, 200);
}
