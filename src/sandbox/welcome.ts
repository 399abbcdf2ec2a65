import type { RunningSandbox } from './start-sandbox.ts';

const WIDTH = 76;

/** What a person who started the sandbox by hand sees. */
export function welcome(running: RunningSandbox): string {
  const lines = [
    'Alipay sandbox · play money only',
    '',
    `gateway   ${running.gateway}`,
    `app id    ${running.appId}`,
    `keys      ${running.url}/_sandbox/app`,
    `ledger    ${running.url}/_sandbox/trades`,
    `wallet    ${running.publicUrl}/wallet/… (what each QR code opens)`,
    `pay code  ${running.publicUrl}/wallet/code (what a till scans)`,
    '',
    'Any Alipay SDK: give it the gateway, the app id and both keys, call',
    'alipay.trade.precreate, and open the qr_code it answers in a browser.',
    'Every switch and fault: docs/sandbox.md',
  ];
  const rule = '─'.repeat(WIDTH + 2);
  return `┌${rule}┐\n${lines.map((line) => `│ ${line.padEnd(WIDTH)} │\n`).join('')}└${rule}┘\n`;
}
