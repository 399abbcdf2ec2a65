import type { ComponentChildren } from 'preact';
import { LanguageSwitch, useText } from '../text/language.tsx';
import '../style/order.css';
import '../style/buyer.css';

/** The frame around everything that a buyer sees. */
export function BuyerPage({ children }: { children: ComponentChildren }) {
  const { buyer } = useText();
  return (
    <div class="buyer">
      <header class="bar">
        <h1>{buyer.title}</h1>
        <LanguageSwitch />
      </header>
      <main>{children}</main>
    </div>
  );
}
