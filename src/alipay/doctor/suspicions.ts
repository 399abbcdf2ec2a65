// What is odd about a message whoever signed it.
import type { Patient } from './diagnose.ts';
import { fieldOf, type Pairs } from './letter.ts';

/** What the gateway is set up for; undefined where that is not known. */
export interface Suspicions {
  readonly appId: string | undefined;
}

const SIGN_LENGTH = 344;
/** U+FFFD in UTF-8, and twice that read as GBK. */
const REPLACED = /\u00ef\u00bf\u00bd|%EF%BF%BD/i;

export function suspicionsOf(patient: Patient, pairs: Pairs | undefined, { appId }: Suspicions): readonly string[] {
  const { body, contentLength } = patient;
  const odd: string[] = [];
  if (contentLength !== undefined && body.length < contentLength)
    odd.push(`The body is cut off: ${body.length} bytes are here, Content-Length says ${contentLength}.`);
  if (REPLACED.test(body.toString('latin1')))
    odd.push(
      'It holds U+FFFD: text was decoded with the wrong charset (GBK as UTF-8?), and what was there is lost. Keep the raw body.',
    );
  if (pairs === undefined)
    return [...odd, 'There is no field `sign`: the body is cut off, or no notification of Alipay.'];
  return [...odd, ...oddSign(pairs), ...oddFields(pairs), ...oddApp(pairs, appId)];
}

function oddSign(pairs: Pairs): string[] {
  const length = (fieldOf(pairs, 'sign') ?? '').length;
  if (length >= SIGN_LENGTH) return [];
  return [`The sign has ${length} characters, one by a key of 2048 bits has ${SIGN_LENGTH}: it is cut off.`];
}

function oddFields(pairs: Pairs): string[] {
  const names = pairs.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
  const missing = ['notify_id', 'app_id', 'out_trade_no', 'trade_status', 'total_amount'].filter(
    (name) => !names.includes(name),
  );
  const signType = fieldOf(pairs, 'sign_type');
  return [
    ...(repeated.length > 0 ? [`${repeated.join(', ')} is there more than once, which Kassa refuses.`] : []),
    ...(missing.length > 0 ? [`${missing.join(', ')} is missing: a trade's notification has it.`] : []),
    ...(signType === 'RSA2' ? [] : [`sign_type is ${signType ?? 'missing'}; Kassa takes RSA2 alone.`]),
  ];
}

function oddApp(pairs: Pairs, appId: string | undefined): string[] {
  const named = fieldOf(pairs, 'app_id');
  if (named === undefined || appId === undefined || named === appId) return [];
  return [
    `It is for application ${named}, the gateway is set up for ${appId}: another application or environment (sandbox, production) with keys of its own.`,
  ];
}
