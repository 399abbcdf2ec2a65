import { escapeHtml } from './html.ts';
import type { WalletView } from './view.ts';
import { type Language, type Word, word } from './words.ts';

const TICK = '<path d="M14 25l8 8 13-16"/>';
const CROSS = '<path d="M17 17l14 14M31 17L17 31"/>';
const CLOCK = '<path d="M24 14v11l7 4"/>';
const BACK = '<path d="M16 22h12a6 6 0 010 12h-5M21 16l-6 6 6 6"/>';

/** The wallet as one page. Every state is in it; the body's data-state says which one shows. */
export function walletPage(view: WalletView, language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const other = language === 'zh' ? 'en' : 'zh';
  const store = view.storeId === null ? '' : `<small>${escapeHtml(view.storeId)}</small>`;
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${say('title')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/wallet/assets/wallet.css">
<script src="/wallet/assets/wallet.js" defer></script>
</head>
<body data-state="${view.state === 'open' ? 'opening' : view.state}">
<header><span class="mark" aria-hidden="true">K</span><b>${say('title')}</b><a href="?lang=${other}" lang="${other}">${say('otherLanguage')}</a></header>
<main aria-live="polite">
<section class="sheet" data-for="opening ready">
<p class="shop">${say('shop')}${store}</p>
<p class="due">${say('amountDue')}</p>
${amount(view)}
<dl>
<div><dt>${say('item')}</dt><dd>${escapeHtml(view.subject)}</dd></div>
<div><dt>${say('number')}</dt><dd class="number">${escapeHtml(view.outTradeNo)}</dd></div>
<div><dt>${say('method')}</dt><dd>${say('balance')}</dd></div>
</dl>
<p class="trouble" id="trouble" role="alert" hidden>${say('offline')}</p>
<button id="pay" type="button" disabled>${say('pay')}</button>
<button id="leave" type="button" class="quiet">${say('leave')}</button>
<noscript><p class="trouble">${say('script')}</p></noscript>
</section>
${ending('paid', { icon: TICK, tone: 'good', heading: say('paid'), hint: say('paidHint'), extra: amount(view) })}
${ending('refunded', { icon: BACK, tone: 'calm', heading: say('refunded'), hint: say('refundedHint'), extra: amount(view) })}
${ending('closed', { icon: CROSS, tone: 'calm', heading: say('closed'), hint: say('closedHint') })}
${ending('expired', { icon: CLOCK, tone: 'calm', heading: say('expired'), hint: say('expiredHint') })}
${ending('unknown', { icon: CROSS, tone: 'calm', heading: say('unknown'), hint: say('unknownHint') })}
${ending('left', { icon: CLOCK, tone: 'calm', heading: say('left'), hint: say('leftHint'), extra: `<button id="back" type="button">${say('back')}</button>` })}
</main>
<footer>${say('playMoney')}</footer>
</body>
</html>
`;
}

function amount(view: WalletView): string {
  return `<p class="amount"><i>¥</i>${escapeHtml(view.amount)}</p>`;
}

type Ending = {
  readonly icon: string;
  readonly tone: 'good' | 'calm';
  readonly heading: string;
  readonly hint: string;
  readonly extra?: string;
};

function ending(state: string, { icon, tone, heading, hint, extra = '' }: Ending): string {
  return `<section class="ending ${tone}" data-for="${state}">
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/>${icon}</svg>
<h1>${heading}</h1>
<p class="hint">${hint}</p>
${extra}
</section>`;
}
