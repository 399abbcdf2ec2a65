// What a merchant wants a second person to agree to.
import type { Json } from '../orders/canonical-json.ts';
import { invalid } from '../orders/input-rules.ts';
import { type Fen, formatAmount, parseAmount } from '../orders/money.ts';
import type { InvalidInput } from '../orders/outcomes.ts';

export interface ConfirmationPolicy {
  /** One refund or undo of more than this; null: of any amount. */
  readonly refundAboveFen: Fen | null;
  /** What one credential has asked to give back on a day in Beijing, this one included, is more than this. */
  readonly dailySumAboveFen: Fen | null;
  /** Whatever a terminal's credential gives back. */
  readonly terminalsAlways: boolean;
  /** Outside these hours always; null: at no hour. */
  readonly freeHours: Hours | null;
  /** API keys, the keys of Alipay apps, webhooks, cases that move money, what becomes of late money by itself, a one-time code's secret, and a looser policy. */
  readonly settings: boolean;
}

/** Full hours in Beijing: from `from` until before `to`, past midnight when `to` is less. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** A new merchant's. */
export const ASKS_FOR_NOTHING: ConfirmationPolicy = {
  refundAboveFen: null,
  dailySumAboveFen: null,
  terminalsAlways: false,
  freeHours: null,
  settings: false,
};

export interface MoneyAsked {
  readonly amountFen: Fen;
  /** With this one. */
  readonly todayFen: Fen;
  readonly atTerminal: boolean;
  /** In Beijing. */
  readonly hour: number;
}

/** Whether a second person is to agree before this money goes back. Any one rule is enough. */
export function needsConfirmation(policy: ConfirmationPolicy, asked: MoneyAsked): boolean {
  const { refundAboveFen, dailySumAboveFen, terminalsAlways, freeHours } = policy;
  if (refundAboveFen !== null && asked.amountFen > refundAboveFen) return true;
  if (dailySumAboveFen !== null && asked.todayFen > dailySumAboveFen) return true;
  if (terminalsAlways && asked.atTerminal) return true;
  return freeHours !== null && !isWithin(freeHours, asked.hour);
}

export function judgesMoney({ refundAboveFen, dailySumAboveFen, terminalsAlways, freeHours }: ConfirmationPolicy) {
  return refundAboveFen !== null || dailySumAboveFen !== null || terminalsAlways || freeHours !== null;
}

function isWithin({ from, to }: Hours, hour: number): boolean {
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

const ALL_HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** True when something that needs a second person under `now` would not under `next`. */
export function isLooser(now: ConfirmationPolicy, next: ConfirmationPolicy): boolean {
  return (
    isHigher(now.refundAboveFen, next.refundAboveFen) ||
    isHigher(now.dailySumAboveFen, next.dailySumAboveFen) ||
    (now.terminalsAlways && !next.terminalsAlways) ||
    (now.settings && !next.settings) ||
    ALL_HOURS.some((hour) => isHeld(now.freeHours, hour) && !isHeld(next.freeHours, hour))
  );
}

function isHigher(now: Fen | null, next: Fen | null): boolean {
  return now !== null && (next === null || next > now);
}

function isHeld(free: Hours | null, hour: number): boolean {
  return free !== null && !isWithin(free, hour);
}

export function faultInPolicy({ freeHours }: ConfirmationPolicy): InvalidInput | undefined {
  if (freeHours === null) return undefined;
  const { from, to } = freeHours;
  if (from < 0 || from > 23) return invalid('freeHours', 'must begin at a full hour from 0 to 23');
  if (to < 1 || to > 24) return invalid('freeHours', 'must end at a full hour from 1 to 24');
  return from === to ? invalid('freeHours', 'must not begin and end at the same hour') : undefined;
}

/** The day and the hour in Beijing: UTC+8 all year. */
export function beijing(at: Date): { readonly day: string; readonly hour: number } {
  const there = new Date(at.getTime() + 8 * 3_600_000);
  return { day: there.toISOString().slice(0, 10), hour: there.getUTCHours() };
}

/** As it is kept and as the audit log shows it. */
export function policyJson(policy: ConfirmationPolicy): { readonly [field: string]: Json } {
  const { refundAboveFen, dailySumAboveFen, terminalsAlways, freeHours, settings } = policy;
  return {
    refundAbove: refundAboveFen === null ? null : formatAmount(refundAboveFen),
    dailySumAbove: dailySumAboveFen === null ? null : formatAmount(dailySumAboveFen),
    terminalsAlways,
    freeHours: freeHours === null ? null : { from: freeHours.from, to: freeHours.to },
    settings,
  };
}

/** What {@link policyJson} wrote. */
export type KeptPolicy = {
  readonly refundAbove?: string | null;
  readonly dailySumAbove?: string | null;
  readonly terminalsAlways?: boolean;
  readonly freeHours?: Hours | null;
  readonly settings?: boolean;
};

export function readPolicy(kept: KeptPolicy | null): ConfirmationPolicy {
  if (kept === null) return ASKS_FOR_NOTHING;
  return {
    refundAboveFen: readAmount(kept.refundAbove),
    dailySumAboveFen: readAmount(kept.dailySumAbove),
    terminalsAlways: kept.terminalsAlways ?? false,
    freeHours: kept.freeHours ?? null,
    settings: kept.settings ?? false,
  };
}

function readAmount(text: string | null | undefined): Fen | null {
  return typeof text === 'string' ? (parseAmount(text) ?? 0n) : null;
}
