import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface SureButtonProps {
  readonly label: string;
  /** What the second tap says. */
  readonly sure: string;
  readonly no: string;
  readonly disabled?: boolean;
  readonly onSure: () => void;
}

/** The question goes away by itself: a tablet on a counter is touched by sleeves. */
const FORGET_MS = 8_000;

/** A finger that trembles taps twice. */
const DEAF_MS = 400;

/** A button that wants a second tap, on purpose. */
export function SureButton({ label, sure, no, disabled = false, onSure }: SureButtonProps) {
  const [asked, setAsked] = useState(false);
  const [deaf, setDeaf] = useState(true);
  const refusal = useRef<HTMLButtonElement>(null);
  // Before it is painted: the next key may be an Escape.
  useLayoutEffect(() => refusal.current?.focus(), [asked]);
  useEffect(() => {
    if (!asked) return;
    const timers = [setTimeout(() => setDeaf(false), DEAF_MS), setTimeout(() => setAsked(false), FORGET_MS)];
    return () => timers.forEach(clearTimeout);
  }, [asked]);
  const ask = () => {
    setDeaf(true);
    setAsked(true);
  };
  if (!asked || disabled)
    return (
      <button type="button" class="second" disabled={disabled} onClick={ask}>
        {label}
      </button>
    );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    setAsked(false);
  };
  const onYes = () => {
    setAsked(false);
    onSure();
  };
  return (
    <fieldset class="sure" aria-label={label} onKeyDown={onKeyDown}>
      <button type="button" class="second" ref={refusal} onClick={() => setAsked(false)}>
        {no}
      </button>
      <button type="button" class="danger" disabled={deaf} onClick={onYes}>
        {sure}
      </button>
    </fieldset>
  );
}
