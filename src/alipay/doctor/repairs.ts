// What can have happened to a notification's fields on the way, each with how to undo it.

import { unescapeBytes } from '../form.ts';
import type { Cause } from './cause.ts';
import { charsetRepairs } from './charset-repairs.ts';
import { unescapeHtml } from './html.ts';
import { jsonValues } from './json-repairs.ts';
import { AMOUNT_FIELDS, fieldOf, KNOWN_FIELDS, mapValues, type Pairs, type Surroundings, TIMES } from './letter.ts';

export interface Repair extends Cause {
  /** The messages that this one may have been; none when nothing speaks for it. */
  variants(pairs: Pairs, around: Surroundings): Iterable<Pairs>;
}

const OWN = ['sign', 'sign_type'];

/** The likelier first: of several that verify the first is named. */
export const repairs: readonly Repair[] = [
  {
    what: 'parameters of the notify_url (its query) are mixed into the form',
    fix: 'verify over the body alone: the query of the URL is not signed (best of all, have no query in notify_url)',
    variants: withoutForeign,
  },
  {
    what: '`+` in a value was read as a space (its `%2B` was lost on the way)',
    fix: 'decode the form once, from the raw body; whoever passes it on must escape `+` as `%2B` again',
    variants: withPluses,
  },
  {
    what: 'values are still percent-encoded: the body was encoded twice',
    fix: 'something between Alipay and the gateway encodes the body again; hand it on byte for byte',
    variants: (pairs) => changed(pairs, (value) => (/%[0-9A-Fa-f]{2}/.test(value) ? unescapeBytes(value) : value)),
  },
  {
    what: 'values were HTML-escaped (`&quot;` for `"`)',
    fix: 'take /alipay/notify out of the HTML or XSS filter: it rewrites fund_bill_list and the like',
    variants: (pairs) => changed(pairs, unescapeHtml),
  },
  {
    what: 'backslashes were put into values (magic quotes, or JSON inside JSON)',
    fix: 'use the value as it was decoded from the form, without escaping it again',
    variants: (pairs) => changed(pairs, (value) => value.replace(/\\(["'\\/])/g, '$1')),
  },
  ...charsetRepairs,
  {
    what: 'JSON inside a value (fund_bill_list, voucher_detail_list) was parsed and written again',
    fix: 'treat these values as text: their spaces, their order and their quotes are signed',
    variants: jsonValues,
  },
  {
    what: 'amounts were turned into numbers and lost their zeros (9.9 for 9.90)',
    fix: 'treat amounts as text until the signature has been verified',
    variants: (pairs) => changed(pairs, (value, name) => (AMOUNT_FIELDS.includes(name) ? twoDecimals(value) : value)),
  },
  {
    what: 'empty values are there that are not signed',
    fix: 'leave empty values out of what is verified (Kassa tries with them and without)',
    variants: withoutEmpty,
  },
  {
    what: 'an empty value was dropped that is signed',
    fix: 'keep fields whose value is empty: some middleware removes them',
    variants: withEmpty,
  },
  {
    what: 'a value was trimmed',
    fix: 'keep spaces at the ends of values (subject, body, passback_params): they are signed',
    variants: untrimmed,
  },
  {
    what: 'line ends in a value were rewritten',
    fix: 'keep CR LF as it came',
    variants: (pairs) => changed(pairs, (value) => value.replace(/\r?\n/g, (end) => (end === '\n' ? '\r\n' : '\n'))),
  },
];

/** All values at once. */
function* changed(pairs: Pairs, change: (value: string, name: string) => string): Iterable<Pairs> {
  const all = mapValues(pairs, (value, name) => (OWN.includes(name) ? value : change(value, name)));
  if (all.some(({ value }, index) => value !== pairs[index]?.value)) yield all;
}

function* withoutForeign(pairs: Pairs, { queryNames }: Surroundings): Iterable<Pairs> {
  const without = (names: readonly string[]) => pairs.filter(({ name }) => !names.includes(name));
  const present = queryNames.filter((name) => fieldOf(pairs, name) !== undefined);
  if (present.length > 0) yield without(present);
  const foreign = pairs.map(({ name }) => name).filter((name) => !KNOWN_FIELDS.includes(name));
  if (foreign.length > 0) yield without(foreign);
  if (foreign.length > 1) for (const name of foreign) yield without([name]);
}

/** Up to so many spaces every choice of them is tried. */
const MAX_SPACES = 8;

function* withPluses(pairs: Pairs): Iterable<Pairs> {
  const apt = pairs.filter(({ name, value }) => value.includes(' ') && ![...OWN, ...TIMES].includes(name));
  if (apt.length === 0) return;
  const names = apt.map(({ name }) => name);
  const inAll = (value: string, name: string) => (names.includes(name) ? value.replaceAll(' ', '+') : value);
  yield mapValues(pairs, inAll);
  const spaces = apt.reduce((sum, { value }) => sum + value.split(' ').length - 1, 0);
  if (spaces > MAX_SPACES) return;
  for (let choice = 1; choice < 2 ** spaces - 1; choice++) {
    let place = 0;
    const chosen = () => (choice & (1 << place++) ? '+' : ' ');
    yield mapValues(pairs, (value, name) => (names.includes(name) ? value.replace(/ /g, chosen) : value));
  }
}

function* withoutEmpty(pairs: Pairs): Iterable<Pairs> {
  const empty = pairs.filter(({ value }) => value === '');
  if (empty.length > 0) yield pairs.filter(({ value }) => value !== '');
  if (empty.length > 1) for (const one of empty) yield pairs.filter((pair) => pair !== one);
}

function* withEmpty(pairs: Pairs): Iterable<Pairs> {
  for (const name of KNOWN_FIELDS) if (fieldOf(pairs, name) === undefined) yield [...pairs, { name, value: '' }];
}

function* untrimmed(pairs: Pairs): Iterable<Pairs> {
  for (const { name: trimmed } of pairs) {
    if (OWN.includes(trimmed) || TIMES.includes(trimmed)) continue;
    for (const put of [(value: string) => `${value} `, (value: string) => ` ${value}`])
      yield mapValues(pairs, (value, name) => (name === trimmed ? put(value) : value));
  }
}

function twoDecimals(value: string): string {
  return /^\d+(\.\d)?$/.test(value) ? Number(value).toFixed(2) : value;
}
