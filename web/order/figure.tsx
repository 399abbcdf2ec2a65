import { useText } from '../text/language.tsx';
import { Clock, Cross, Phone, Return, Spinner, Tick } from './icons.tsx';
import { type PaymentView, type Stage, showsCode } from './stage.ts';

interface Shown {
  readonly stage: Stage;
  readonly payment: PaymentView | undefined;
  readonly amount: string;
  readonly onPhone: boolean;
}

/** The one big thing on an order's screen: its code while it can be scanned, a sign for everything else. */
export function Figure({ stage, payment, amount, onPhone }: Shown) {
  const code = payment?.qrCode;
  if (onPhone && stage === 'waiting')
    return (
      <div class="figure tap">
        <Phone />
      </div>
    );
  if (showsCode(stage) && code) return <QrImage svg={code.svg} amount={amount} dimmed={stage === 'scanned'} />;
  return <div class={`figure ${stage}`}>{sign(stage)}</div>;
}

/** As an image, never as markup: whatever the text holds, it runs nothing. */
export function QrImage({ svg, amount, dimmed = false }: { svg: string; amount: string; dimmed?: boolean }) {
  const { code } = useText();
  return (
    <div class={dimmed ? 'figure code dimmed' : 'figure code'}>
      <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`} alt={code.alt(amount)} />
      {dimmed && <Spinner />}
    </div>
  );
}

function sign(stage: Stage) {
  switch (stage) {
    case 'paid':
    case 'handed_over':
    case 'shipping':
      return <Tick />;
    case 'failed':
    case 'declined':
    case 'cancelled':
      return <Cross />;
    case 'expired':
    case 'ran_out':
    case 'late':
    case 'held':
      return <Clock />;
    case 'refunded':
    case 'returned':
    case 'late_back':
      return <Return />;
    case 'preparing':
    case 'unknown':
    case 'in_doubt':
    case 'confirming':
    case 'at_alipay':
    case 'refunding':
    case 'waiting':
    case 'scanned':
      return <Spinner />;
  }
}
