import { useText } from '../text/language.tsx';

interface SubjectFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
}

export function SubjectField({ value, onChange, onEnter }: SubjectFieldProps) {
  const text = useText().till;
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    if (event.isComposing) return;
    if (event.key === 'Enter') onEnter();
    if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <div class="field">
      <label for="subject">{text.subject}</label>
      <input
        id="subject"
        type="text"
        autocomplete="off"
        maxLength={256}
        placeholder={text.subjectDefault}
        aria-describedby="subject-hint"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <small id="subject-hint">{text.subjectHint}</small>
    </div>
  );
}
