import type { ComponentChild } from 'preact';
import { BackspaceSign } from '../order/icons.tsx';
import { useText } from '../text/language.tsx';
import type { Digit, Key } from './keypad-state.ts';

const DIGITS: readonly Digit[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

interface KeypadProps {
  readonly onKey: (key: Key) => void;
  readonly children: ComponentChild;
}

/** The keys; the Sell key comes as a child and takes the tall place at the lower right. */
export function Keypad({ onKey, children }: KeypadProps) {
  const text = useText().till;
  const key = (name: Key, label: ComponentChild, said?: string) => (
    <button
      type="button"
      class={`key key-${name}`}
      aria-label={said}
      onMouseDown={keepFocus}
      onClick={() => onKey(name)}
    >
      {label}
    </button>
  );
  return (
    <fieldset class="keypad" aria-label={text.keypad}>
      {DIGITS.map((digit) => key(digit, digit))}
      {key('0', '0')}
      {key('point', '.', text.point)}
      {key('back', <BackspaceSign />, text.back)}
      {children}
    </fieldset>
  );
}

/** A clicked key must not take the focus, or the next Enter would press it again instead of selling. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
