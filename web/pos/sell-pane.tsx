import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/answer.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { grouped, yuanOf } from '../order/amount.ts';
import { remember, remembered } from '../page/memory.ts';
import { useKeys } from '../page/use-keys.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import { gatewayCounter } from './gateway-counter.ts';
import { Keypad } from './keypad.tsx';
import { fenTyped, type Key, keyFor, press } from './keypad-state.ts';
import { openTill } from './sale.ts';

const SUBJECT = 'kassa.subject';

interface SellPaneProps {
  readonly gateway: Gateway;
  readonly onSold: (order: OrderView) => void;
}

export function SellPane({ gateway, onSold }: SellPaneProps) {
  const text = useText();
  const pane = useRef<HTMLElement>(null);
  const seller = useMemo(() => openTill(gatewayCounter(gateway)), [gateway]);
  const [typed, setTyped] = useState('');
  const [subject, setSubject] = useState(() => remembered(SUBJECT) ?? '');
  const [selling, setSelling] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => void seller.prepare(), [seller]);

  const ready = fenTyped(typed) > 0 && !selling;
  const change = (act: () => void) => {
    if (selling) return;
    seller.startOver();
    setProblem(undefined);
    act();
  };
  const onKey = (key: Key) => change(() => setTyped((held) => press(held, key)));
  const sell = async () => {
    if (!ready) return;
    setSelling(true);
    remember(SUBJECT, subject.trim());
    const answer = await seller.sell({
      amount: yuanOf(fenTyped(typed)),
      subject: subject.trim() || text.till.subjectDefault,
    });
    setSelling(false);
    if (answer.kind === 'sold') onSold(answer.order);
    else setProblem(answer);
  };
  useKeys((name) => {
    if (pane.current?.offsetParent == null) return false;
    if (name === 'Enter') void sell();
    const key = keyFor(name);
    if (key !== undefined) onKey(key);
    return name === 'Enter' || key !== undefined;
  });

  return (
    <section class="sell" ref={pane} aria-label={text.till.sell}>
      <Display typed={typed} onClear={() => onKey('clear')} />
      <SubjectField value={subject} onChange={(value) => change(() => setSubject(value))} onEnter={() => void sell()} />
      <p class="problem" role="alert">
        {problem === undefined ? '' : problemText(text, problem, text.sellNoAnswer)}
      </p>
      <Keypad onKey={onKey}>
        <button
          type="button"
          class="main key-sell"
          disabled={!ready}
          onMouseDown={(e) => e.preventDefault()}
          onClick={sell}
        >
          {selling ? text.till.selling : text.till.sell}
        </button>
      </Keypad>
      <p class="help">{text.till.help}</p>
    </section>
  );
}

function Display({ typed, onClear }: { typed: string; onClear: () => void }) {
  const text = useText().till;
  return (
    <div class="display">
      <output class={typed === '' ? 'yuan empty' : 'yuan'} aria-label={text.amount} data-testid="amount">
        <span class="sign-yuan">¥</span>
        {grouped(typed) || '0.00'}
      </output>
      <button
        type="button"
        class="quiet"
        hidden={typed === ''}
        onMouseDown={(e) => e.preventDefault()}
        onClick={onClear}
      >
        {text.clear}
      </button>
    </div>
  );
}

interface SubjectFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
}

function SubjectField({ value, onChange, onEnter }: SubjectFieldProps) {
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
