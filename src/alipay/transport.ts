// The road to Alipay's gateway. The SDK brings the HTTP client; this dispatcher under it bounds every call and
// notes what the SDK does not tell: whether a byte of the request may have left, and the answer byte for byte.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, type Dispatcher } from 'undici';

export interface TransportLimits {
  /** Until a connection stands (DNS, TCP, TLS). */
  readonly connectTimeoutMs: number;
  /** Of an answer's body. */
  readonly maxAnswerBytes: number;
}

/** One call as it went over the wire. */
export interface Exchange {
  /** A byte of the request may have left. Stays true when the HTTP client tries once more. */
  readonly sent: boolean;
  /** The HTTP client has tried once more, after bytes of the first attempt may have left. */
  readonly repeated: boolean;
  /** The whole answer, undefined when none arrived or it broke off. */
  readonly answer: { readonly status: number; readonly body: Buffer } | undefined;
}

export interface Transport {
  readonly dispatcher: Dispatcher;
  /**
   * Runs one call of the SDK and notes its exchange. A call that throws is in `exchange` all the same.
   * `totalTimeoutMs`: from the first attempt to the last byte of the answer.
   */
  watch(call: () => Promise<unknown>, totalTimeoutMs: number): Promise<Watched>;
  close(): Promise<void>;
}

export interface Watched {
  readonly exchange: Exchange;
  readonly error: unknown;
}

export function openTransport(limits: TransportLimits): Transport {
  const watches = new AsyncLocalStorage<Watch>();
  const agent = new Agent({
    connect: { timeout: limits.connectTimeoutMs },
    maxResponseSize: limits.maxAnswerBytes,
    keepAliveTimeout: 10_000,
    pipelining: 1,
  });
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const watch = watches.getStore();
    if (watch === undefined) throw new Error('a call to Alipay that nobody watches');
    return dispatch(options, watch.over(handler));
  });
  return {
    dispatcher,
    watch: async (call, totalTimeoutMs) => {
      const watch = new Watch(totalTimeoutMs);
      try {
        return { error: await watches.run(watch, call).then(() => undefined), exchange: watch };
      } catch (error) {
        return { error, exchange: watch };
      } finally {
        watch.end();
      }
    },
    close: () => agent.destroy(),
  };
}

/** Follows one call through all its attempts. */
class Watch implements Exchange {
  sent = false;
  repeated = false;
  answer: { status: number; body: Buffer } | undefined;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #late: Error | undefined;

  constructor(totalTimeoutMs: number) {
    this.#timer = setTimeout(() => this.#expire(totalTimeoutMs), totalTimeoutMs);
  }

  /** The client's own handler, watched. */
  over(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    let status = 0;
    let chunks: Buffer[] = [];
    return {
      onRequestStart: (controller, context) => {
        this.#start(controller);
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (controller, code, headers, message) => {
        status = code;
        chunks = [];
        const odd = oddity(code, headers);
        if (odd === undefined) handler.onResponseStart?.(controller, code, headers, message);
        else controller.abort(new Error(odd));
      },
      onResponseData: (controller, chunk) => {
        chunks.push(Buffer.from(chunk));
        handler.onResponseData?.(controller, chunk);
      },
      onResponseEnd: (controller, trailers) => {
        this.answer = { status, body: Buffer.concat(chunks) };
        handler.onResponseEnd?.(controller, trailers);
      },
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    };
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** The HTTP client calls this with a connection at hand, right before it writes. */
  #start(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#late !== undefined) {
      controller.abort(this.#late);
      return;
    }
    this.repeated = this.sent;
    this.sent = true;
  }

  #expire(totalTimeoutMs: number): void {
    this.#late = new Error(`no whole answer within ${totalTimeoutMs} ms`);
    this.#controller?.abort(this.#late);
  }
}

/** What the HTTP client would follow or unpack without asking: neither is Alipay's, and unpacking knows no bound. */
function oddity(status: number, headers: Record<string, string | string[] | undefined>): string | undefined {
  if (status >= 300 && status < 400) return 'the gateway answered with a redirect';
  return headers['content-encoding'] === undefined ? undefined : 'the gateway answered with an encoded body';
}
