import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Burst, gapMs, hearKey, hearSilence, type Judged, SILENCE } from './scanner.ts';

export type Scan = Extract<Judged, { kind: 'code' | 'misread' }>;

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What a field held before the burst. */
interface Before {
  readonly field: Field;
  readonly value: string;
}

const MODIFIERS = new Set(['Shift', 'CapsLock', 'NumLock', 'AltGraph', 'Fn']);

/**
 * Hears a scanner, whatever has the focus. Outside of fields a fast digit is held back until it is clear who typed it
 * and then either handed on as if it were typed now, or dropped with the code it belongs to. A field gets its digits
 * at once and loses them again.
 */
export function useScanner(hear: (scan: Scan) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useLayoutEffect(() => listen((scan) => latest.current(scan)), []);
}

function listen(hear: (scan: Scan) => void): () => void {
  const handedOn = new WeakSet<Event>();
  let burst: Burst = SILENCE;
  let before: Before | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const handOn = (digits: string) => {
    for (const key of digits) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      handedOn.add(event);
      document.body.dispatchEvent(event);
    }
  };
  /** Answers whether the key that ended the burst belongs to the scanner. */
  const settle = (judged: Judged): boolean => {
    const held = before;
    before = undefined;
    switch (judged.kind) {
      case 'held':
        return false;
      case 'typed':
        if (held === undefined) handOn(judged.digits);
        return false;
      case 'misread':
        // Goods have bar codes too: a field for words may well be meant to hold one.
        if (held !== undefined && held.field.inputMode !== 'decimal') return false;
        break;
      case 'code':
    }
    if (held !== undefined) restore(held);
    // Not before the page has taken back what it saw of the code: a sale reads its words from there.
    setTimeout(() => hear(judged), 0);
    return true;
  };
  const onSilence = () => {
    const judged = hearSilence(burst);
    burst = SILENCE;
    settle(judged);
  };
  const onKey = (event: KeyboardEvent) => {
    if (handedOn.has(event) || event.isComposing || MODIFIERS.has(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    clearTimeout(timer);
    const step = hearKey(burst, { key: event.key, atMs: event.timeStamp, repeat: event.repeat });
    burst = step.burst;
    if (step.before !== undefined) settle(step.before);
    if (step.judged.kind !== 'held') return settle(step.judged) ? stop(event) : undefined;
    if (burst.digits.length === 1) before = contentOf(event.target);
    if (before === undefined) stop(event);
    timer = setTimeout(onSilence, gapMs(burst));
  };

  window.addEventListener('keydown', onKey, true);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('keydown', onKey, true);
  };
}

function contentOf(target: EventTarget | null): Before | undefined {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return undefined;
  return { field: target, value: target.value };
}

function restore({ field, value }: Before): void {
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
