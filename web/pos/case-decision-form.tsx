import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { CaseDecision } from '../gql/graphql.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import { needsNote } from './case-decisions.ts';
import type { Cases } from './use-cases.ts';

interface CaseDecisionFormProps {
  readonly caseId: string;
  readonly decision: CaseDecision;
  readonly onResolve: Cases['resolve'];
  readonly onLeave: () => void;
}

/** The second tap of a decision, with room for why. */
export function CaseDecisionForm({ caseId, decision, onResolve, onLeave }: CaseDecisionFormProps) {
  const text = useText();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    const failed = await onResolve({ caseId, decision, note: note.trim() || undefined });
    running.current = false;
    setBusy(false);
    setProblem(failed);
    if (failed === undefined) onLeave();
  };
  const isNeeded = needsNote(decision);
  const id = `note-${caseId}`;
  return (
    <form class="decide" onSubmit={submit}>
      <div class="field">
        <label for={id}>{text.cases.note}</label>
        <input
          id={id}
          type="text"
          autocomplete="off"
          maxLength={256}
          required={isNeeded}
          aria-describedby={`${id}-hint`}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
          ref={field}
        />
        <small id={`${id}-hint`}>{isNeeded ? text.cases.noteNeeded : text.cases.noteHint}</small>
      </div>
      <p class="problem" role="alert">
        {problem === undefined ? '' : problemText(text, problem)}
      </p>
      <div class="decisions">
        <button type="button" class="second" onClick={onLeave}>
          {text.cases.no}
        </button>
        <button type="submit" class="main" disabled={busy || (isNeeded && note.trim() === '')}>
          {busy ? text.cases.busy : text.cases.decide[decision].sure}
        </button>
      </div>
    </form>
  );
}
