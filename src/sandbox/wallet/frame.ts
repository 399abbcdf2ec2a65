import { escapeHtml } from './html.ts';
import { type Language, type Word, word } from './words.ts';

export const TICK = '<path d="M14 25l8 8 13-16"/>';
export const CROSS = '<path d="M17 17l14 14M31 17L17 31"/>';
export const CLOCK = '<path d="M24 14v11l7 4"/>';
export const BACK = '<path d="M16 22h12a6 6 0 010 12h-5M21 16l-6 6 6 6"/>';

type Head = { readonly language: Language; readonly title: Word; readonly script: 'wallet' | 'code' };

/** A whole page around a body: one style sheet, one script, nothing from elsewhere. */
export function htmlPage(body: string, { language, title, script }: Head): string {
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeHtml(word(language, title))}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/wallet/assets/wallet.css">
<script src="/wallet/assets/${script}.js" defer></script>
</head>
${body}
</html>
`;
}

export function header(language: Language, title: Word): string {
  const other = language === 'zh' ? 'en' : 'zh';
  const say = (name: Word) => escapeHtml(word(language, name));
  return `<header><span class="mark" aria-hidden="true">K</span><b>${say(title)}</b><a href="?lang=${other}" lang="${other}">${say('otherLanguage')}</a></header>`;
}

export type Ending = {
  readonly icon: string;
  readonly tone: 'good' | 'calm';
  readonly heading: string;
  readonly hint: string;
  readonly extra?: string;
};

/** A state in which nothing more is to be done. */
export function ending(state: string, { icon, tone, heading, hint, extra = '' }: Ending): string {
  return `<section class="ending ${tone}" data-for="${state}">
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/>${icon}</svg>
<h1>${heading}</h1>
<p class="hint">${hint}</p>
${extra}
</section>`;
}
