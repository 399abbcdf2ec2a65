import { useText } from '../text/language.tsx';
import { Clock, Cross, Return, Spinner, Tick } from './icons.tsx';
import { type PaymentView, type Stage, showsCode } from './stage.ts';

interface Shown {
  readonly stage: Stage;
  readonly payment: PaymentView | undefined;
  readonly amount: string;
}

/** The one big thing on an order's screen: its code while it can be scanned, a sign for everything else. */
export function Figure({ stage, payment, amount }: Shown) {
  const code = payment?.qrCode;
  if (showsCode(stage) && code) return <QrImage svg={code.svg} amount={amount} dimmed={stage === 'scanned'} />;
  return <div class={`figure ${stage}`}>{sign(stage)}</div>;
}

/** As an image, never as markup: whatever the text holds, it runs nothing. */
function QrImage({ svg, amount, dimmed }: { svg: string; amount: string; dimmed: boolean }) {
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
      return <Tick />;
    case 'failed':
    case 'cancelled':
      return <Cross />;
    case 'expired':
    case 'ran_out':
      return <Clock />;
    case 'refunded':
      return <Return />;
    case 'preparing':
    case 'unknown':
    case 'waiting':
    case 'scanned':
      return <Spinner />;
  }
}
