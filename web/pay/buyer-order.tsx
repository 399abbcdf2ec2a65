import { Provider, useQuery } from '@urql/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { problemOf } from '../api/answer.ts';
import { readOrder } from '../api/documents.ts';
import { type Gateway, openGateway } from '../api/gateway.ts';
import { LineBadge } from '../order/line-badge.tsx';
import { OrderCard } from '../order/order-card.tsx';
import { RefundList } from '../order/refund-list.tsx';
import { stageOf } from '../order/stage.ts';
import { useLiveOrder } from '../order/use-live-order.ts';
import { useNow } from '../page/use-now.ts';
import { useText } from '../text/language.tsx';
import { Notice } from './notice.tsx';
import { useOnPhone } from './on-phone.ts';
import type { OrderLink } from './order-link.ts';
import { PayWays } from './pay-ways.tsx';

/** One order for its buyer, live, opened by its clientToken. Give it a key: one link a component. */
export function BuyerOrder({ orderId, clientToken }: OrderLink) {
  const text = useText().buyer;
  const [closed, setClosed] = useState(false);
  const gateway = useMemo(
    () => openGateway({ clientToken }, { origin: location.origin, onSignedOut: () => setClosed(true) }),
    [clientToken],
  );
  useEffect(() => () => void gateway.socket.dispose(), [gateway]);
  if (closed) return <Notice {...text.badLink} />;
  return (
    <Provider value={gateway.client}>
      <LiveOrder gateway={gateway} orderId={orderId} onClosed={() => setClosed(true)} />
    </Provider>
  );
}

interface LiveOrderProps {
  readonly gateway: Gateway;
  readonly orderId: string;
  readonly onClosed: () => void;
}

function LiveOrder({ gateway, orderId, onClosed }: LiveOrderProps) {
  const text = useText();
  const now = useNow(gateway.clock);
  const onPhone = useOnPhone();
  const [{ data, error, fetching }, readAgain] = useQuery({ query: readOrder, variables: { orderId } });
  const { live, line, hear } = useLiveOrder(gateway, { orderId });
  const order = data?.order;
  useEffect(() => void (order && hear(order)), [order, hear]);
  const refused = order === null || (error !== undefined && problemOf(error).kind === 'refused');
  const shut = refused || line === 'signed_out' || line === 'not_found';
  useEffect(() => void (shut && onClosed()), [shut, onClosed]);

  if (live === undefined && error !== undefined && !fetching)
    return <Notice {...text.buyer.unreachable} button={text.buyer.tryAgain} onButton={() => readAgain()} />;
  if (live === undefined) return <Notice title={text.buyer.loading} hint="" />;
  const stage = stageOf(live, now);
  const said = onPhone && stage === 'waiting' ? text.buyerTap : text.buyerStage[stage];
  return (
    <>
      <LineBadge line={line} />
      <OrderCard order={live.order} stage={stage} said={said} nowMs={now} onPhone={onPhone}>
        <PayWays order={live.order} stage={stage} onPhone={onPhone} />
        <RefundList order={live.order} />
      </OrderCard>
    </>
  );
}
