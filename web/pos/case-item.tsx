import { useState } from 'preact/hooks';
import type { CaseDecision } from '../gql/graphql.ts';
import { Yuan } from '../order/yuan.tsx';
import { useText } from '../text/language.tsx';
import { CaseDecisionForm } from './case-decision-form.tsx';
import { type CaseView, decisionsFor } from './case-decisions.ts';
import type { Cases } from './use-cases.ts';

interface CaseItemProps {
  readonly one: CaseView;
  readonly onOpen: (orderId: string) => void;
  readonly onResolve: Cases['resolve'];
}

const OPENED = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false } as const;

/** One case: what it is, whose it is, what happens next, and what a person can decide. */
export function CaseItem({ one, onOpen, onResolve }: CaseItemProps) {
  const { cases: text, htmlLang } = useText();
  const [decision, setDecision] = useState<CaseDecision>();
  const said = text.kind[one.kind];
  const opened = new Date(one.openedAt).toLocaleString(htmlLang, OPENED);
  return (
    <li class="case" data-case={one.kind} aria-label={said.title}>
      <div class="case-head">
        <h3>{said.title}</h3>
        <Yuan amount={one.amount} />
      </div>
      <p>{said.hint}</p>
      <p class="next">{text.next[one.nextAction]}</p>
      <p class="note">
        <time dateTime={one.openedAt}>{opened}</time> · {text.trade} {one.tradeNo}
      </p>
      <Whose one={one} onOpen={onOpen} />
      {decision === undefined ? (
        <div class="decisions">
          {decisionsFor(one).map((way) => (
            <button key={way} type="button" class="second" onClick={() => setDecision(way)}>
              {text.decide[way].label}
            </button>
          ))}
        </div>
      ) : (
        <CaseDecisionForm
          caseId={one.id}
          decision={decision}
          onResolve={onResolve}
          onLeave={() => setDecision(undefined)}
        />
      )}
    </li>
  );
}

function Whose({ one, onOpen }: { one: CaseView; onOpen: (orderId: string) => void }) {
  const { cases: text } = useText();
  const { order } = one;
  if (order === null) return <p class="note">{text.noOrder(one.outTradeNo)}</p>;
  return (
    <button type="button" class="link" onClick={() => onOpen(order.id)}>
      {text.order(order.merchantOrderNo)}
    </button>
  );
}
