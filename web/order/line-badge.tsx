import type { Line } from '../api/follow-order.ts';
import { useText } from '../text/language.tsx';

/** Says so when the screen may be behind. Silent while all is well. */
export function LineBadge({ line }: { line: Line }) {
  const text = useText().line;
  return (
    <p class={`line ${line}`} role="status" aria-live="polite">
      {line === 'lost' ? text.lost : line === 'connecting' ? text.connecting : ''}
    </p>
  );
}
