import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { formatAmount, parseAmount } from '../orders/money.ts';

/** Fen inside, yuan text outside. Numbers and exponents are refused: a till that sends them loses fen. */
export const AmountScalar = new GraphQLScalarType<bigint, string>({
  name: 'Amount',
  description:
    'Yuan as decimal text with at most two fraction digits, `"9.99"`. Output always has two. Input as a JSON/GraphQL ' +
    'number, an exponent, a sign, a third digit or more than 100000000.00 is an error.',
  serialize: (value) => formatAmount(typeof value === 'bigint' ? value : wrong('Amount holds no bigint')),
  parseValue: (value) => readAmount(value),
  parseLiteral: (node) => readAmount(node.kind === Kind.STRING ? node.value : undefined, node),
});

export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'RFC 3339 in UTC, milliseconds: `2026-11-23T08:00:00.000Z`.',
  serialize: (value) => (value instanceof Date ? value.toISOString() : wrong('DateTime holds no Date')),
  parseValue: (value) => readDateTime(value),
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined, node),
});

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

function readAmount(value: unknown, node?: ValueNode): bigint {
  const fen = typeof value === 'string' ? parseAmount(value) : undefined;
  return (
    fen ??
    wrong('Amount must be yuan as text, like "9.99": at most two decimals and 100000000.00, no sign, no exponent', node)
  );
}

function readDateTime(value: unknown, node?: ValueNode): Date {
  const day = typeof value === 'string' ? RFC_3339.exec(value)?.[1] : undefined;
  const time = day !== undefined && isCalendarDay(day) ? new Date(String(value)) : undefined;
  const valid =
    time !== undefined && !Number.isNaN(time.getTime()) && time.getTime() >= 0 && time.getUTCFullYear() < 10_000;
  return valid ? time : wrong('DateTime must be RFC 3339, like "2026-11-23T08:00:00.000Z", since 1970', node);
}

/** JavaScript reads February 30th as March 2nd. */
function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

function wrong(message: string, node?: ValueNode): never {
  throw new GraphQLError(message, { nodes: node ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}
