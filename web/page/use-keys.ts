import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Hears every key on the page that no field and no dialog needs. Enter on a button or link stays theirs. `hear`
 * answers true for a key it used.
 */
export function useKeys(hear: (key: string) => boolean): void {
  const latest = useRef(hear);
  latest.current = hear;
  // Before the pane is painted: a fast cashier types into what is about to appear.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event)) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping({ target, key }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement || isDialogOpen()) return true;
  const acts = target instanceof HTMLElement && target.closest('button, a, summary') !== null;
  return acts && (key === 'Enter' || key === ' ');
}

export function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
