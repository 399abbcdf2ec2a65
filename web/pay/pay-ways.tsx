import type { OrderView } from '../api/live-order.ts';
import { QrImage } from '../order/figure.tsx';
import { currentPayment, type Stage, showsCode } from '../order/stage.ts';
import { pageLink, playLink, walletLink } from '../order/wallet-link.ts';
import { useText } from '../text/language.tsx';

interface PayWaysProps {
  readonly order: OrderView;
  readonly stage: Stage;
  readonly onPhone: boolean;
}

/** What a buyer can press to pay on this very device. */
export function PayWays({ order, stage, onPhone }: PayWaysProps) {
  const text = useText().buyer;
  const payment = currentPayment(order);
  const page = stage === 'at_alipay' ? pageLink(payment?.redirectUrl) : undefined;
  if (page !== undefined)
    return (
      <a class="main wallet" href={page} rel="noreferrer">
        {text.openPage}
      </a>
    );
  const code = payment?.qrCode;
  if (!onPhone || !showsCode(stage) || code == null) return null;
  const link = walletLink(code.content);
  return (
    <>
      {link !== undefined && (
        <a class="main wallet" href={link} rel="noreferrer">
          {playLink(code.content) === undefined ? text.openAlipay : text.openWallet}
        </a>
      )}
      {stage === 'waiting' && (
        <details>
          <summary>{text.showCode}</summary>
          <QrImage svg={code.svg} amount={order.amount} />
        </details>
      )}
    </>
  );
}
