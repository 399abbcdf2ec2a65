import { useText } from '../text/language.tsx';
import type { Cases } from './use-cases.ts';

interface CaseBadgeProps {
  readonly cases: Cases;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

/** How much money waits for somebody. Not there at all while everything fits. */
export function CaseBadge({ cases: { open, more }, pressed, onPress }: CaseBadgeProps) {
  const { cases } = useText();
  if (open.length === 0 && !pressed) return null;
  return (
    <button type="button" class="badge" aria-pressed={pressed} onClick={onPress}>
      {cases.badge(`${open.length}${more ? '+' : ''}`)}
    </button>
  );
}
