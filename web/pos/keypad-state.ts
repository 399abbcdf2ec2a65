// What the keys do to the amount on the till's display. Pure, so that touch, mouse and keyboard cannot differ.

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
export type Key = Digit | 'point' | 'back' | 'clear';

/** 100,000,000.00 yuan: the most that Alipay takes for one order. */
const MOST_FEN = 10_000_000_000n;

/** The display after one key. A key that would make no amount (a third fraction digit, too much money) does nothing. */
export function press(typed: string, key: Key): string {
  switch (key) {
    case 'clear':
      return '';
    case 'back':
      return typed === '0.' ? '' : typed.slice(0, -1);
    case 'point':
      return typed.includes('.') ? typed : `${typed || '0'}.`;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return withDigit(typed, key);
  }
}

function withDigit(typed: string, digit: Digit): string {
  const next = typed === '0' ? digit : typed + digit;
  const [, fraction = ''] = next.split('.');
  return fraction.length > 2 || fenTyped(next) > MOST_FEN ? typed : next;
}

/** Whole fen of what is on the display; a half-typed "12." counts as 12.00. */
export function fenTyped(typed: string): bigint {
  const [yuan = '', fraction = ''] = typed.split('.');
  return BigInt(yuan || '0') * 100n + BigInt(fraction.padEnd(2, '0'));
}

/** The key of the keypad that a key of the keyboard or the number block means. */
export function keyFor(key: string): Key | undefined {
  if (isDigit(key)) return key;
  switch (key) {
    case '.':
    case ',': // the number block of many European keyboards
    case '。': // a Chinese input method
    case 'Decimal':
      return 'point';
    case 'Backspace':
      return 'back';
    case 'Escape':
    case 'Delete':
    case 'Clear':
      return 'clear';
    default:
      return undefined;
  }
}

function isDigit(key: string): key is Digit {
  return /^[0-9]$/.test(key);
}
