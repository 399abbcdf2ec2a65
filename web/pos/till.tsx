import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { openGateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import type { Once } from '../page/once.ts';
import { useNow } from '../page/use-now.ts';
import { LanguageSwitch, useText } from '../text/language.tsx';
import { CaseBadge } from './case-badge.tsx';
import { CasesPane } from './cases-pane.tsx';
import { refundDesks } from './gateway-refunds.ts';
import { OrderPane } from './order-pane.tsx';
import { SellPane } from './sell-pane.tsx';
import { type Tab, Tabs } from './tabs.tsx';
import { TodayPane } from './today-pane.tsx';
import { useCases } from './use-cases.ts';
import { useToday } from './use-today.ts';

interface TillProps {
  readonly apiKey: string;
  readonly sandbox: boolean;
  /** The gateway gave the key by itself: there is nothing to sign out of. */
  readonly automatic: boolean;
  readonly onSignOut: (ended: boolean) => void;
}

interface Open {
  readonly id: string;
  readonly first?: OrderView | undefined;
  readonly authCode?: Once<string> | undefined;
}

/** The till: sell on one side, today's orders or the cases on the other. */
export function Till({ apiKey, sandbox, automatic, onSignOut }: TillProps) {
  const text = useText();
  const thrownOut = useCallback(() => onSignOut(true), [onSignOut]);
  const gateway = useMemo(
    () => openGateway({ apiKey }, { origin: location.origin, onSignedOut: thrownOut }),
    [apiKey, thrownOut],
  );
  useEffect(() => () => void gateway.socket.dispose(), [gateway]);
  const [tab, setTab] = useState<Tab>('sell');
  const [open, setOpen] = useState<Open>();
  const today = useToday(gateway);
  const cases = useCases(gateway);
  const refunds = useMemo(() => refundDesks(gateway), [gateway]);
  const now = useNow(gateway.clock);
  const show = (next: Open | undefined) => {
    setOpen(next);
    setTab('sell');
  };
  return (
    <div class="till" data-tab={tab}>
      <header class="bar">
        <h1>Kassa</h1>
        <Tabs tab={tab} onTab={setTab} />
        <span class="actions">
          <CaseBadge
            cases={cases}
            pressed={tab === 'cases'}
            onPress={() => setTab(tab === 'cases' ? 'today' : 'cases')}
          />
          <LanguageSwitch />
          {!automatic && (
            <button type="button" class="quiet" onClick={() => onSignOut(false)}>
              {text.till.signOut}
            </button>
          )}
        </span>
      </header>
      <main>
        <div class="pane" id="pane-sell">
          {open === undefined ? (
            <SellPane gateway={gateway} onSold={(order, authCode) => show({ id: order.id, first: order, authCode })} />
          ) : (
            <OrderPane
              key={open.id}
              gateway={gateway}
              orderId={open.id}
              first={open.first}
              authCode={open.authCode}
              refunds={refunds(open.id)}
              sandbox={sandbox}
              onClose={() => show(undefined)}
              onMoved={today.put}
              onSignedOut={thrownOut}
            />
          )}
        </div>
        <div class="pane" id="pane-today">
          <TodayPane today={today} openId={open?.id} nowMs={now} onOpen={(row) => show({ id: row.id })} />
        </div>
        {tab === 'cases' && (
          <div class="pane" id="pane-cases">
            <CasesPane cases={cases} onOpen={(id) => show({ id })} onClose={() => setTab('today')} />
          </div>
        )}
      </main>
    </div>
  );
}
