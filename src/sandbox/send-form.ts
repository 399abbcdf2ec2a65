import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type FormToSend = {
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  /** Ends the attempt early, e.g. when the sandbox stops. */
  readonly signal: AbortSignal;
};

export type SendOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly why: string };

const DEADLINE_MS = 10_000;
const LONGEST_REPLY_BYTES = 1_024;

/** POSTs a form once: no redirect is followed, a long answer is cut. Never throws. */
export function sendForm(form: FormToSend): Promise<SendOutcome> {
  const signal = AbortSignal.any([form.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const send = form.url.toLowerCase().startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ kind: 'failed', why: error.message });
    const headers = { 'content-type': form.contentType, 'content-length': Buffer.byteLength(form.body) };
    const request = send(form.url, { method: 'POST', headers, signal, agent: false }, (response) => {
      let body = Buffer.alloc(0);
      const answer = () =>
        resolve({ kind: 'answered', status: response.statusCode ?? 0, body: body.toString('latin1') });
      response.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]).subarray(0, LONGEST_REPLY_BYTES);
        if (body.length === LONGEST_REPLY_BYTES) {
          answer();
          request.destroy();
        }
      });
      response.on('end', answer);
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(form.body);
  });
}
