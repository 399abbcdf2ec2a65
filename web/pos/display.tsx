import { grouped } from '../order/amount.ts';
import { useText } from '../text/language.tsx';

/** The amount as it is being typed. */
export function Display({ typed, onClear }: { typed: string; onClear: () => void }) {
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
