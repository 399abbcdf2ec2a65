import { useText } from '../text/language.tsx';
import { CaseItem } from './case-item.tsx';
import type { Cases } from './use-cases.ts';

interface CasesPaneProps {
  readonly cases: Cases;
  readonly onOpen: (orderId: string) => void;
  readonly onClose: () => void;
}

/** Money that does not fit, and what can be done about it. */
export function CasesPane({ cases, onOpen, onClose }: CasesPaneProps) {
  const text = useText().cases;
  const { open, more, stale, resolve } = cases;
  return (
    <section class="cases" aria-label={text.title}>
      <header>
        <h2>{text.title}</h2>
        <p class="note">{open.length === 0 ? text.none : text.hint}</p>
      </header>
      {stale && <p class="note">{text.stale}</p>}
      <ul>
        {open.map((one) => (
          <CaseItem key={one.id} one={one} onOpen={onOpen} onResolve={resolve} />
        ))}
      </ul>
      {more && <p class="note">{text.more}</p>}
      <button type="button" class="second" onClick={onClose}>
        {text.close}
      </button>
    </section>
  );
}
