import { BACK, CLOCK, CROSS, ending, header, htmlPage, TICK } from './frame.ts';
import { escapeHtml } from './html.ts';
import type { WalletView } from './view.ts';
import { type Language, type Word, word } from './words.ts';

/** The wallet as one page. Every state is in it; the body's data-state says which one shows. */
export function walletPage(view: WalletView, language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const body = `<body data-state="${view.state === 'open' ? 'opening' : view.state}"${quit(view)}>
${header(language, view.isCashier ? 'cashier' : 'title')}
<main aria-live="polite">
<section class="sheet" data-for="arrived">
${sale(view, language)}
${offline(language)}
<button id="logon" type="button">${say('logOn')}</button>
<noscript><p class="trouble">${say('script')}</p></noscript>
</section>
<section class="sheet" data-for="opening ready">
${sale(view, language)}
${offline(language)}
<button id="pay" type="button" disabled>${say('pay')}</button>
<button id="leave" type="button" class="quiet">${say('leave')}</button>
<noscript><p class="trouble">${say('script')}</p></noscript>
</section>
${endings(view, language)}
</main>
<footer>${say('playMoney')}</footer>
</body>`;
  return htmlPage(body, { language, title: view.isCashier ? 'cashier' : 'title', script: 'wallet' });
}

function offline(language: Language): string {
  return `<p class="trouble offline" role="alert" hidden>${escapeHtml(word(language, 'offline'))}</p>`;
}

function quit(view: WalletView): string {
  return view.quitTo === null ? '' : ` data-quit="${escapeHtml(view.quitTo)}"`;
}

function sale(view: WalletView, language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const store = view.storeId === null ? '' : `<small>${escapeHtml(view.storeId)}</small>`;
  return `<p class="shop">${say('shop')}${store}</p>
<p class="due">${say('amountDue')}</p>
${amount(view)}
<dl>
<div><dt>${say('item')}</dt><dd>${escapeHtml(view.subject)}</dd></div>
<div><dt>${say('number')}</dt><dd class="number">${escapeHtml(view.outTradeNo)}</dd></div>
<div><dt>${say('method')}</dt><dd>${say('balance')}</dd></div>
</dl>`;
}

function endings(view: WalletView, language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const stale = view.isCashier
    ? { heading: say('pageExpired'), hint: say('pageExpiredHint') }
    : { heading: say('expired'), hint: say('expiredHint') };
  const back = `<button id="back" type="button">${say('back')}</button>`;
  return `${ending('paid', { icon: TICK, tone: 'good', heading: say('paid'), hint: say('paidHint'), extra: amount(view) })}
${ending('refunded', { icon: BACK, tone: 'calm', heading: say('refunded'), hint: say('refundedHint'), extra: amount(view) })}
${ending('closed', { icon: CROSS, tone: 'calm', heading: say('closed'), hint: say('closedHint') })}
${ending('expired', { icon: CLOCK, tone: 'calm', ...stale })}
${ending('unknown', { icon: CROSS, tone: 'calm', heading: say('unknown'), hint: say('unknownHint') })}
${ending('left', { icon: CLOCK, tone: 'calm', heading: say('left'), hint: say('leftHint'), extra: back })}`;
}

function amount(view: WalletView): string {
  return `<p class="amount"><i>¥</i>${escapeHtml(view.amount)}</p>`;
}
