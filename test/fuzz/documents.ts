// Documents made from the schema: whatever it lets one ask, with arguments that are right, wrong, one's own and another's.
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { Random } from '../faults/random.ts';

type Some<Item> = readonly [Item, ...Item[]];

/** What arguments are made of. */
export interface Words {
  /** Ids by their prefix: one's own, another's, of nothing. */
  readonly ids: Some<string>;
  readonly numbers: Some<string>;
  /** Text that the caller sends; marked, so that it is seen where it has no business. */
  readonly texts: Some<string>;
  readonly urls: Some<string>;
  readonly tokens: Some<string>;
}

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface Made {
  readonly kind: OperationKind;
  readonly source: string;
}

const AMOUNTS = ['1.00', '8.88', '0.01', '0', '-1', '1e3', '1.001', '100000001', ''] as const;
const TIMES = [
  '2026-11-23T08:00:00.000Z',
  '2099-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  'now',
  '',
] as const;
const INTEGERS = ['0', '1', '2', '20', '30', '100', '101', '-1', '86400', '2147483647', '2147483648', '1.5'] as const;
const OBJECTS = [
  '{}',
  '{a: 1}',
  '{a: {b: {c: {d: {e: {f: 1}}}}}}',
  '{__proto__: {x: 1}}',
  '{a: [1, "x", null, true]}',
  '[]',
  '"x"',
] as const;
/** Deeper than the limit lets through, now and then. */
const MOST_LEVELS = 5;

export interface DocumentMaker {
  make(random: Random): Made;
}

export function documentMaker(schema: GraphQLSchema, words: Words): DocumentMaker {
  const roots: readonly (readonly [weight: number, kind: OperationKind, type: GraphQLObjectType | null | undefined])[] =
    [
      [50, 'query', schema.getQueryType()],
      [44, 'mutation', schema.getMutationType()],
      [6, 'subscription', schema.getSubscriptionType()],
    ];

  function operation(random: Random): Made {
    const [kind, type] = random.weighted(roots.map(([weight, name, root]) => [weight, [name, root] as const] as const));
    if (!type) throw new Error(`the schema has no ${kind}`);
    const fields = Object.values(type.getFields());
    const count = kind === 'query' ? 1 + random.nat(3) : 1;
    const asked = Array.from({ length: count }, (_, n) => {
      const field = fields[random.nat(fields.length)];
      return field === undefined
        ? '__typename'
        : `${count > 1 ? `r${n}: ` : ''}${field.name}${args(random, field.args)}${selection(random, field.type, MOST_LEVELS)}`;
    });
    return { kind, source: `${kind} { ${asked.join(' ')} }` };
  }

  function selection(random: Random, output: GraphQLOutputType, levels: number): string {
    const type = getNamedType(output);
    if (isLeafType(type)) return random.nat(1_000) === 0 ? ' { x }' : '';
    if (levels === 0) return ' { __typename }';
    if (isUnionType(type) || isInterfaceType(type)) {
      // Of several at once, fields of one name and of several types would clash.
      const members = schema.getPossibleTypes(type);
      const member = members[random.nat(members.length)];
      const shared = isInterfaceType(type) ? Object.keys(type.getFields()).join(' ') : '';
      return ` { __typename ${shared} ... on ${member?.name}${member && chosen(random, member, levels)} }`;
    }
    return isObjectType(type) ? chosen(random, type, levels) : '';
  }

  function chosen(random: Random, type: GraphQLObjectType, levels: number): string {
    const fields = Object.values(type.getFields()).filter(
      (field) => isLeafType(getNamedType(field.type)) || random.chance(30),
    );
    const asked = fields
      .filter(() => random.chance(70))
      .map(
        (field) =>
          `${random.chance(10) ? `${type.name}_${field.name}: ` : ''}${field.name}${args(random, field.args)}${selection(random, field.type, levels - 1)}`,
      );
    return ` { __typename ${asked.join(' ')} }`;
  }

  function args(random: Random, all: readonly GraphQLArgument[]): string {
    const given = all.filter(({ type }) => (isNonNullType(type) ? random.nat(200) > 0 : random.chance(50)));
    const texts = given.map((one) => `${one.name}: ${value(random, one, one.type)}`);
    if (random.nat(300) === 0) texts.push('nonsense: 1');
    return texts.length === 0 ? '' : `(${texts.join(', ')})`;
  }

  function value(random: Random, named: GraphQLArgument | GraphQLInputField, input: GraphQLInputType): string {
    const required = isNonNullType(input);
    if (required ? random.nat(300) === 0 : random.chance(4)) return 'null';
    return given(random, named, required ? input.ofType : input);
  }

  function given(random: Random, named: GraphQLArgument | GraphQLInputField, input: GraphQLInputType): string {
    if (random.nat(200) === 0) return random.pick(['7', '"x"', '[]', '{}', 'X', 'true', '$unset']);
    if (isListType(input)) {
      const { ofType } = input;
      return `[${Array.from({ length: random.nat(4) }, () => value(random, named, ofType)).join(', ')}]`;
    }
    if (isEnumType(input)) return input.getValues()[random.nat(input.getValues().length)]?.name ?? 'X';
    if (isInputObjectType(input)) return object(random, Object.values(input.getFields()));
    return scalar(random, named.name, input.name);
  }

  function object(random: Random, fields: readonly GraphQLInputField[]): string {
    const given = fields.filter(({ name, type }) =>
      isNonNullType(type) ? random.nat(200) > 0 : random.chance(likelihood(name)),
    );
    const texts = given.map((field) => `${field.name}: ${value(random, field, field.type)}`);
    if (random.chance(1)) texts.push(random.pick(['status: PAID', 'merchantId: "1"', 'version: 1']));
    return `{ ${texts.join(', ')} }`;
  }

  function scalar(random: Random, name: string, type: string): string {
    switch (type) {
      case 'ID':
        return quoted(random.pick(words.ids));
      case 'Int':
        return random.pick(INTEGERS);
      case 'Boolean':
        return random.pick(['true', 'false']);
      case 'Amount':
        return random.chance(60) ? '"1.00"' : quoted(random.pick(AMOUNTS));
      case 'DateTime':
        return quoted(random.pick(TIMES));
      case 'JSONObject':
        return random.pick(OBJECTS);
      default:
        return quoted(text(random, name));
    }
  }

  function text(random: Random, name: string): string {
    if (/url$/i.test(name)) return random.pick(words.urls);
    if (/No$|search/.test(name)) return random.pick(words.numbers);
    if (/token|after|authCode/i.test(name)) return random.pick([...words.tokens, ...words.ids]);
    // What is kept and shown again must be the caller's own.
    return random.pick(words.texts);
  }

  return { make: operation };
}

/** "Exactly one of" is met more often than not. */
function likelihood(name: string): number {
  return name === 'merchantOrderNo' ? 75 : name === 'submissionToken' ? 10 : name === 'id' ? 35 : 45;
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\\u0000', '\\\\u0000');
}
