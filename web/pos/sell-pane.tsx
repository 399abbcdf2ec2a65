import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import { yuanOf } from '../order/amount.ts';
import { isHidden } from '../page/is-hidden.ts';
import { remember, remembered } from '../page/memory.ts';
import { type Once, once } from '../page/once.ts';
import { useKeys } from '../page/use-keys.ts';
import { useText } from '../text/language.tsx';
import { problemText } from '../text/problem-text.ts';
import { Display } from './display.tsx';
import { gatewayCounter } from './gateway-counter.ts';
import { Keypad } from './keypad.tsx';
import { fenTyped, type Key, keyFor, press } from './keypad-state.ts';
import { openTill } from './sale.ts';
import { SubjectField } from './subject-field.tsx';
import { useScanner } from './use-scanner.ts';

const SUBJECT = 'kassa.subject';

interface SellPaneProps {
  readonly gateway: Gateway;
  /** `authCode`: the payment code that was scanned for it. */
  readonly onSold: (order: OrderView, authCode: Once<string> | undefined) => void;
}

export function SellPane({ gateway, onSold }: SellPaneProps) {
  const text = useText();
  const pane = useRef<HTMLElement>(null);
  const seller = useMemo(() => openTill(gatewayCounter(gateway)), [gateway]);
  const [typed, setTyped] = useState('');
  const [subject, setSubject] = useState(() => remembered(SUBJECT) ?? '');
  const [selling, setSelling] = useState(false);
  const [problem, setProblem] = useState<string>();
  const authCode = useRef<Once<string> | undefined>(undefined);
  useEffect(() => void seller.prepare(), [seller]);

  const ready = fenTyped(typed) > 0n && !selling;
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
    setProblem(undefined);
    remember(SUBJECT, subject.trim());
    const answer = await seller.sell({
      amount: yuanOf(fenTyped(typed)),
      subject: subject.trim() || text.till.subjectDefault,
    });
    setSelling(false);
    const scanned = authCode.current;
    authCode.current = undefined;
    if (answer.kind === 'sold') onSold(answer.order, scanned);
    else setProblem(problemText(text, answer, text.sellNoAnswer));
  };
  useScanner((scan) => {
    if (isHidden(pane.current)) return;
    if (scan.kind === 'misread') return setProblem(text.scan.misread);
    if (!ready && !selling) return setProblem(text.scan.noAmount);
    authCode.current = once(scan.code);
    void sell();
  });
  useKeys((name) => {
    if (isHidden(pane.current)) return false;
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
        {problem ?? ''}
      </p>
      <Keypad onKey={onKey}>
        <button
          type="button"
          class="main key-sell"
          disabled={!ready}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => void sell()}
        >
          {selling ? text.till.selling : text.till.sell}
        </button>
      </Keypad>
      <p class="help">{text.till.help}</p>
    </section>
  );
}
