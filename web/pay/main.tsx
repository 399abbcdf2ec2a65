import { useEffect, useState } from 'preact/hooks';
import { start } from '../page/start.tsx';
import { useText } from '../text/language.tsx';
import { BuyerOrder } from './buyer-order.tsx';
import { BuyerPage } from './buyer-page.tsx';
import { Notice } from './notice.tsx';
import { readOrderLink } from './order-link.ts';

function CashierPage() {
  const { buyer } = useText();
  const [link, setLink] = useState(() => readOrderLink(location));
  useEffect(() => {
    const onHash = () => setLink(readOrderLink(location));
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  return (
    <BuyerPage>
      {link === undefined ? <Notice {...buyer.badLink} /> : <BuyerOrder key={link.clientToken} {...link} />}
    </BuyerPage>
  );
}

start(<CashierPage />);
