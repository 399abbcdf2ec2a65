// One change to one order, as one statement, driven by the guarded update.
//
// A change pays only for what it carries. The shapes are named by their parts: `order-write:vpenfu` moves the
// order with one event, one payment and the notification that caused it, and nothing is left to do. One event or
// payment, as nearly every change has, travels as plain parameters, which cost the server far less than a JSON list.
import { only, type Statement, type Value } from '../statement.ts';
import { type Part, type PartName, partNames, parts } from './write-order-parts.ts';

const move = (set: string) => `
    moved as (
      update orders set version = $4, status = $5, refunded_fen = $6, paid_at = $7, paid_payment_id = $8, expires_at = $9,
        last_hash = $10, undo_at = $11${set}
      where merchant_id = $1 and id = ${only('$2', 'uuid')} and version = $3
      returning merchant_id, id
    )`;

const SHARED_PARAMETERS = 11;

const shapes = new Map<string, Statement>();

/** What a change carries: for each part its parameters. */
export type Carried = Partial<Record<PartName, readonly Value[]>>;

/** The statement for what a change carries. It answers one row, or none when the order has moved on. */
export function writeOrder(carried: Carried): Statement {
  const present = partNames.filter((name) => carried[name] !== undefined);
  const key = `order-write:${present.map((name) => parts[name].letter).join('')}`;
  const known = shapes.get(key) ?? { name: key, text: textOf(present.map((name) => parts[name])) };
  shapes.set(key, known);
  return known;
}

/** The values in the order in which the statement counts them. */
export function writeOrderValues(shared: readonly Value[], carried: Carried): Value[] {
  return [...shared, ...partNames.flatMap((name) => carried[name] ?? [])];
}

function textOf(present: readonly Part[]): string {
  let used = SHARED_PARAMETERS;
  const sets: string[] = [];
  const sqls: string[] = [];
  for (const part of present) {
    const base = used + 1;
    const name = (index: number) => `$${base + index}`;
    used += part.parameters;
    sets.push(part.set?.(name) ?? '');
    sqls.push(part.sql(name));
  }
  return `with ${[move(sets.join('')), ...sqls].join(',')} select 1 from moved`;
}
