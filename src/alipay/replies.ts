// What each of Alipay's answers means to us: by `code`, and where that is a refusal by `sub_code`.
import type { Method } from './gateway.ts';
import { type Meaning, rowOf, type Sentence, type SubCodeRow, says, type Table } from './meaning.ts';
import { type CodeRow, codeRow } from './reply-codes.ts';
import { subCodeRow } from './sub-codes.ts';

/** What an answer's node says of itself. */
export interface Reply {
  readonly code: string;
  readonly subCode: string | undefined;
  /** It came under Alipay's signature. */
  readonly signed: boolean;
}

export interface ReadReply extends Sentence {
  readonly meaning: Meaning;
  /** The last part of sub_code, or the code when Alipay sends none. */
  readonly subCode: string;
}

/** A sub_code where Alipay sends none. */
const silent: Table<string> = { 40005: 'app-call-limited' };

const STRANGE = says('Alipay gave an answer that is not known', '支付宝返回了无法识别的应答');

export function readReply(method: Method, reply: Reply): ReadReply {
  const { code, signed } = reply;
  const subCode = lastPart(reply.subCode) ?? rowOf(silent, code) ?? code.slice(0, 10);
  const byCode = codeRow(method, code);
  const bySubCode = subCodeRow(method, subCode);
  const { message, messageZh } = bySubCode ?? byCode ?? STRANGE;
  return { meaning: meaningOf({ byCode, bySubCode, signed }), subCode, message, messageZh };
}

interface Rows {
  readonly byCode: CodeRow | undefined;
  readonly bySubCode: SubCodeRow | undefined;
  readonly signed: boolean;
}

function meaningOf({ byCode, bySubCode, signed }: Rows): Meaning {
  if (byCode === undefined || (byCode.needsSignature && !signed)) return 'unknown';
  const meaning = byCode.meaning === 'rejected' ? (bySubCode?.meaning ?? 'rejected') : byCode.meaning;
  return meaning === 'accepted' && !signed ? 'unknown' : meaning;
}

/** `aop.ACQ.SYSTEM_ERROR` is SYSTEM_ERROR. */
function lastPart(subCode: string | undefined): string | undefined {
  const last = subCode?.split('.').at(-1) ?? '';
  return /^[\w-]{1,64}$/.test(last) ? last : undefined;
}
