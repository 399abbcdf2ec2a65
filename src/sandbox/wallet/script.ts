/**
 * The script of the wallet and of the cashier pages. For a QR code it scans when a person's browser really opens the
 * page: a link preview reads the page without running it, and so makes no trade. On a cashier page the payer logs on,
 * and goes back to the shop once paid. Afterwards it follows what becomes of the trade.
 */
export const walletJs = `'use strict';
const body = document.body;
const find = (id) => document.getElementById(id);
const path = location.pathname;

function trouble(is) {
  for (const line of document.querySelectorAll('.offline')) line.hidden = !is;
}

function show({ state, returnTo }) {
  if (state === 'paid' && returnTo && body.dataset.state !== 'paid') location.replace(returnTo);
  if (body.dataset.state === 'left' && state === 'ready') return;
  body.dataset.state = state;
  find('pay').disabled = state !== 'ready';
}

async function call(action) {
  const posting = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  try {
    const answer = await fetch(path + '/' + action, action === 'state' ? {} : posting);
    show(await answer.json());
    trouble(false);
  } catch {
    trouble(true);
    if (body.dataset.state === 'opening') setTimeout(() => call('scan'), 2000);
    else find('pay').disabled = body.dataset.state !== 'ready';
    find('logon').disabled = false;
  }
}

find('logon').addEventListener('click', () => {
  find('logon').disabled = true;
  call('scan');
});
find('pay').addEventListener('click', () => {
  find('pay').disabled = true;
  call('pay');
});
find('leave').addEventListener('click', () => {
  body.dataset.state = 'left';
  if (body.dataset.quit) location.assign(body.dataset.quit);
});
find('back').addEventListener('click', () => {
  body.dataset.state = 'ready';
  find('pay').disabled = false;
  call('state');
});

if (body.dataset.state === 'opening') call('scan');
else show(body.dataset);
setInterval(() => {
  if (!document.hidden && ['ready', 'left'].includes(body.dataset.state)) call('state');
}, 2000);
`;
