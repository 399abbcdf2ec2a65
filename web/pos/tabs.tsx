import { useText } from '../text/language.tsx';

/** The cases have their own button, which is there only while there are any. */
export type Tab = 'sell' | 'today' | 'cases';

interface TabsProps {
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

/** Chooses the pane where only one fits; where both fit, the style sheet hides it. */
export function Tabs({ tab, onTab }: TabsProps) {
  const { till } = useText();
  const one = (name: 'sell' | 'today', label: string) => (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={tab === name}
      aria-controls={`pane-${name}`}
      tabIndex={tab === name || (tab === 'cases' && name === 'sell') ? 0 : -1}
      onClick={() => onTab(name)}
    >
      {label}
    </button>
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next = tab === 'sell' ? 'today' : 'sell';
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={till.title} onKeyDown={onKeyDown}>
      {one('sell', till.sell)}
      {one('today', till.today)}
    </div>
  );
}
