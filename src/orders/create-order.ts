import { hash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';
import { FIRST_HASH, type OrderEvent, seal } from './event.ts';
import { faultIn, invalid } from './input-rules.ts';
import { type Fen, formatAmount } from './money.ts';
import type { Order } from './order.ts';
import type { CreateOrderOutcome } from './outcomes.ts';
import type { Clock, NewId, OrderStore, SubmissionTokens } from './ports.ts';

export interface CreateOrder {
  readonly merchantId: string;
  /** The account that collects the merchant's new orders; null: none of its apps makes any. */
  readonly accountId: string | null;
  /** Exactly one of this and the token. */
  readonly merchantOrderNo: string | null;
  readonly submissionToken: string | null;
  readonly amountFen: Fen;
  readonly subject: string;
  readonly body: string | null;
  readonly expiresInMinutes: number;
  readonly storeId: string | null;
  readonly terminalId: string | null;
  readonly operatorId: string | null;
  readonly metadata: Json;
}

export interface CreateOrderNeeds {
  readonly orders: OrderStore;
  readonly tokens: SubmissionTokens;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Makes the order of a merchantOrderNo or a submission token, once. The same number with the same
 * content answers the order that is there, whatever became of the merchant's apps; other content under it is a conflict.
 */
export async function createOrder(needs: CreateOrderNeeds, command: CreateOrder): Promise<CreateOrderOutcome> {
  const { merchantOrderNo, submissionToken } = command;
  if ((merchantOrderNo === null) === (submissionToken === null))
    return invalid('merchantOrderNo', 'or submissionToken must be given, and not both');
  const fault = faultIn(command) ?? (command.amountFen > 0n ? undefined : invalid('amount', 'must be more than 0.00'));
  if (fault !== undefined) return fault;
  return submissionToken === null
    ? insert(needs, command, merchantOrderNo ?? '')
    : redeem(needs, command, submissionToken);
}

/** A token makes one order within its time; afterwards it still answers the one it made. */
async function redeem(needs: CreateOrderNeeds, command: CreateOrder, text: string): Promise<CreateOrderOutcome> {
  const token = needs.tokens.read(text);
  if (token === undefined || token.merchantId !== command.merchantId) return { kind: 'submission_token_invalid' };
  if (needs.clock.now() < token.expiresAt) return insert(needs, command, token.merchantOrderNo);
  return (await known(needs, command, token.merchantOrderNo)) ?? { kind: 'submission_token_invalid' };
}

/** What the number has become already. */
async function known(needs: CreateOrderNeeds, command: CreateOrder, merchantOrderNo: string) {
  const order = await needs.orders.find(command.merchantId, { merchantOrderNo });
  return order && repeat(order, contentHash(command));
}

async function insert(needs: CreateOrderNeeds, command: CreateOrder, number: string): Promise<CreateOrderOutcome> {
  const { accountId } = command;
  if (accountId === null) return (await known(needs, command, number)) ?? { kind: 'no_active_app' };
  const { order, event } = openOrder(
    { ...command, accountId },
    { merchantOrderNo: number, now: needs.clock.now(), newId: needs.newId },
  );
  const inserted = await needs.orders.insert(order, event);
  return inserted.kind === 'inserted' ? { kind: 'created', order } : repeat(inserted.order, order.contentHash);
}

function repeat(order: Order, content: string): CreateOrderOutcome {
  if (order.contentHash === content) return { kind: 'created', order };
  return { kind: 'merchant_order_no_conflict', merchantOrderNo: order.merchantOrderNo };
}

function openOrder(
  command: CreateOrder & { readonly accountId: string },
  { merchantOrderNo, now, newId }: { merchantOrderNo: string; now: Date; newId: NewId },
): { order: Order; event: OrderEvent } {
  const { merchantId, accountId, amountFen, subject, body, storeId, terminalId, operatorId, metadata } = command;
  const id = newId(now);
  const event = seal({
    id: newId(now),
    merchantId,
    orderId: id,
    version: 1,
    type: 'order.created',
    status: 'PENDING',
    occurredAt: now,
    data: { amount: formatAmount(amountFen), merchantOrderNo, subject },
    evidenceId: null,
    prevHash: FIRST_HASH,
  });
  const order: Order = {
    merchantId,
    id,
    accountId,
    merchantOrderNo,
    contentHash: contentHash(command),
    subject,
    body,
    amountFen,
    refundedFen: 0n,
    status: 'PENDING',
    version: 1,
    storeId,
    terminalId,
    operatorId,
    metadata: metadata === null ? null : canonicalJson(metadata),
    createdAt: now,
    expiresAt: new Date(now.getTime() + command.expiresInMinutes * 60_000),
    paidAt: null,
    paidPaymentId: null,
    undoAt: null,
    lastHash: event.hash,
  };
  return { order, event };
}

/** Every input field but the number itself, defaults filled in; never what the clock made of them. */
function contentHash(command: CreateOrder): string {
  const { amountFen, subject, body, expiresInMinutes, storeId, terminalId, operatorId, metadata } = command;
  const content = {
    amount: formatAmount(amountFen),
    subject,
    body,
    expiresInMinutes,
    storeId,
    terminalId,
    operatorId,
    metadata,
  };
  return hash('sha256', canonicalJson(content), 'hex');
}
