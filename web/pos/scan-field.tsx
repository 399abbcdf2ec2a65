import { useState } from 'preact/hooks';
import { useText } from '../text/language.tsx';
import { isPaymentCode } from './scanner.ts';

interface ScanFieldProps {
  readonly onCode: (code: string) => void;
  readonly onMisread: () => void;
}

/** For a scanner's code, or for its digits by hand. Like a password: it pays, and it is nobody else's to read. */
export function ScanField({ onCode, onMisread }: ScanFieldProps) {
  const text = useText().scan;
  const [typed, setTyped] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    const code = typed.replaceAll(' ', '');
    setTyped('');
    if (isPaymentCode(code)) onCode(code);
    else onMisread();
  };
  return (
    <form class="scan" onSubmit={submit}>
      <label for="scan">{text.label}</label>
      <div>
        <input
          id="scan"
          type="password"
          inputMode="numeric"
          autocomplete="off"
          data-1p-ignore
          data-lpignore="true"
          maxLength={32}
          placeholder={text.hint}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" class="second" disabled={typed === ''}>
          {text.go}
        </button>
      </div>
    </form>
  );
}
