import type { OrderView } from '../api/live-order.ts';
import { currentPayment } from '../order/stage.ts';
import { playCodeLink, playLink } from '../order/wallet-link.ts';
import { useText } from '../text/language.tsx';

/** With the built-in sandbox: the buyer's wallet, a click away. */
export function PlayMoney({ order }: { order: OrderView }) {
  const text = useText().till;
  const content = currentPayment(order)?.qrCode?.content ?? '';
  const wallet = playLink(content);
  const paymentCode = playCodeLink(content);
  if (wallet === undefined || paymentCode === undefined) return null;
  return (
    <p class="play">
      {text.play}{' '}
      <a class="wallet-link" href={wallet} target="_blank" rel="noreferrer">
        {text.openWallet}
      </a>
      <a href={paymentCode} target="_blank" rel="noreferrer">
        {text.openPaymentCode}
      </a>
    </p>
  );
}
