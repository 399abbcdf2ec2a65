import { useEffect, useState } from 'preact/hooks';
import { start } from '../page/start.tsx';
import { BuyerOrder } from '../pay/buyer-order.tsx';
import { BuyerPage } from '../pay/buyer-page.tsx';
import { Notice } from '../pay/notice.tsx';
import { useText } from '../text/language.tsx';
import { type Returned, readReturn } from './read-return.ts';

// The query string names the trade and carries a signature: out of the address bar before anybody can share it.
const search = location.search;
history.replaceState(null, '', location.pathname);

function ReturnPage() {
  const { buyer } = useText();
  const [returned, setReturned] = useState<Returned>({ kind: 'asking' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    void readReturn(search).then((next) => gone || setReturned(next));
    return () => {
      gone = true;
    };
  }, [attempt]);
  const again = () => {
    setReturned({ kind: 'asking' });
    setAttempt((before) => before + 1);
  };
  switch (returned.kind) {
    case 'asking':
      return <Notice title={buyer.loading} hint="" />;
    case 'order':
      return <BuyerOrder {...returned.link} />;
    case 'nothing':
      return <Notice {...buyer.noOrder} />;
    case 'no_answer':
      return <Notice {...buyer.unreachable} button={buyer.tryAgain} onButton={again} />;
  }
}

start(
  <BuyerPage>
    <ReturnPage />
  </BuyerPage>,
);
