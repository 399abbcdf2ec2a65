import { z } from 'zod';

// What goes wrong on purpose. A fault strikes the next `count` calls or sendings it fits, then is gone.
const common = {
  count: z.number().int().min(1).max(10_000).default(1),
  /** Only this number's calls or notices. */
  outTradeNo: z.string().min(1).max(64).optional(),
};
/** An API method's name, or `*` for any. */
const method = z.union([z.literal('*'), z.string().regex(/^alipay(\.[a-z0-9]{1,40}){1,8}$/)]);
const atGateway = <K extends string>(kind: K) => ({ on: method, kind: z.literal(kind), ...common });
const atNotices = <K extends string>(kind: K) => ({ on: z.literal('notify'), kind: z.literal(kind), ...common });
const delayMs = z.number().int().min(1).max(120_000);
/** Whether the sandbox does what was asked before it answers something else. */
const acts = z.boolean().default(false);

const gatewayFault = z.discriminatedUnion('kind', [
  z.strictObject(atGateway('drop')),
  z.strictObject(atGateway('act_then_drop')),
  z.strictObject({ ...atGateway('delay'), delayMs, when: z.enum(['before', 'after']).default('before') }),
  z.strictObject({ ...atGateway('unknown'), acts }),
  z.strictObject({ ...atGateway('http_500'), acts }),
  z.strictObject(atGateway('wrong_sign')),
  z.strictObject(atGateway('no_sign')),
  z.strictObject({
    ...atGateway('answer'),
    code: z.string().regex(/^\d{5}$/),
    subCode: z.string().max(100).optional(),
    subMsg: z.string().max(500).optional(),
    acts,
  }),
]);

const noticeFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...atNotices('duplicate'), copies: z.number().int().min(1).max(100).default(1) }),
  z.strictObject(atNotices('reorder')),
  z.strictObject(atNotices('hold')),
  z.strictObject({ ...atNotices('corrupt'), way: z.enum(['flip', 'wrong_sign']).default('flip') }),
  z.strictObject(atNotices('drop')),
]);

/** What `POST /_sandbox/faults` takes. */
export const faultWanted = z.union([noticeFault, gatewayFault]);

export type GatewayFault = z.infer<typeof gatewayFault>;
export type NoticeFault = z.infer<typeof noticeFault>;

export type Fault = {
  readonly id: number;
  readonly wanted: GatewayFault | NoticeFault;
  left: number;
};

export const MOST_FAULTS = 1_000;

function take(faults: Fault[], fits: (fault: Fault) => boolean): Fault | null {
  const fault = faults.find(fits);
  if (fault === undefined) return null;
  fault.left -= 1;
  if (fault.left <= 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

function concerns(fault: Fault, outTradeNo: string | null): boolean {
  return fault.wanted.outTradeNo === undefined || fault.wanted.outTradeNo === outTradeNo;
}

/** The oldest fault that strikes this call, used up once; null: all goes well. */
export function takeGatewayFault(faults: Fault[], called: string, outTradeNo: string | null): GatewayFault | null {
  const fits = (fault: Fault) =>
    fault.wanted.on !== 'notify' &&
    (fault.wanted.on === '*' || fault.wanted.on === called) &&
    concerns(fault, outTradeNo);
  const wanted = take(faults, fits)?.wanted;
  return wanted === undefined || isNoticeFault(wanted) ? null : wanted;
}

/** The oldest fault that strikes this sending, used up once; null: all goes well. */
export function takeNoticeFault(faults: Fault[], outTradeNo: string): { wanted: NoticeFault; left: number } | null {
  const fault = take(faults, (one) => one.wanted.on === 'notify' && concerns(one, outTradeNo));
  return fault !== null && isNoticeFault(fault.wanted) ? { wanted: fault.wanted, left: fault.left } : null;
}

function isNoticeFault(wanted: GatewayFault | NoticeFault): wanted is NoticeFault {
  return wanted.on === 'notify';
}
