import { renderSVG } from 'uqr';
import { code128Svg } from './code128.ts';
import { BACK, CLOCK, CROSS, ending, header, htmlPage, TICK } from './frame.ts';
import { escapeHtml } from './html.ts';
import { type Language, type Word, word } from './words.ts';

const AMOUNT = '<p class="amount"><i>¥</i><span class="sum"></span></p>';

/** The payment code a till scans, as digits, bars and a QR code; then what becomes of it. */
export function codePage(code: string, language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const body = `<body data-state="fresh" data-code="${escapeHtml(code)}">
${header(language, 'title')}
<main aria-live="polite">
<section class="sheet pass" data-for="fresh">
<p class="shop">${say('showCode')}</p>
${code128Svg(code)}
<p class="digits number">${code.replace(/(\d{4})(?=\d)/g, '$1 ')}</p>
${renderSVG(code, { border: 1 })}
<p class="hint">${say('codeLife')}</p>
${another(language)}
</section>
<section class="sheet" data-for="ready">
<p class="shop">${say('shop')}</p>
<p class="due">${say('confirm')}</p>
${AMOUNT}
<dl><div><dt>${say('item')}</dt><dd class="item"></dd></div></dl>
<p class="trouble offline" role="alert" hidden>${say('offline')}</p>
<button id="pay" type="button">${say('pay')}</button>
<button id="leave" type="button" class="quiet">${say('leave')}</button>
</section>
${endings(language)}
</main>
<footer>${say('playMoney')}</footer>
</body>`;
  return htmlPage(body, { language, title: 'title', script: 'code' });
}

function another(language: Language): string {
  return `<button type="button" class="another quiet">${escapeHtml(word(language, 'freshCode'))}</button>`;
}

function endings(language: Language): string {
  const say = (name: Word) => escapeHtml(word(language, name));
  const extra = another(language);
  const back = `<button id="back" type="button">${say('back')}</button>`;
  return `${ending('paid', { icon: TICK, tone: 'good', heading: say('paid'), hint: say('paidHint'), extra: AMOUNT + extra })}
${ending('failed', { icon: CROSS, tone: 'calm', heading: say('failed'), hint: say('failedHint'), extra })}
${ending('refunded', { icon: BACK, tone: 'calm', heading: say('refunded'), hint: say('refundedHint'), extra: AMOUNT + extra })}
${ending('closed', { icon: CROSS, tone: 'calm', heading: say('closed'), hint: say('closedHint'), extra })}
${ending('expired unknown', { icon: CLOCK, tone: 'calm', heading: say('staleHint'), hint: say('codeLife'), extra })}
${ending('left', { icon: CLOCK, tone: 'calm', heading: say('left'), hint: say('leftHint'), extra: back })}`;
}
