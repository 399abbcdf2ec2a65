/**
 * The wallet's script. It scans when a person's browser really opens the page: a link preview reads the page
 * without running it, and so makes no trade. Afterwards it follows what becomes of the trade.
 */
export const walletJs = `'use strict';
const body = document.body;
const find = (id) => document.getElementById(id);
const path = location.pathname;

function show(state) {
  if (body.dataset.state === 'left' && state === 'ready') return;
  body.dataset.state = state;
  find('pay').disabled = state !== 'ready';
}

async function call(action) {
  const posting = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  try {
    const answer = await fetch(path + '/' + action, action === 'state' ? {} : posting);
    show((await answer.json()).state);
    find('trouble').hidden = true;
  } catch {
    find('trouble').hidden = false;
    if (body.dataset.state === 'opening') setTimeout(() => call('scan'), 2000);
    else find('pay').disabled = body.dataset.state !== 'ready';
  }
}

find('pay').addEventListener('click', () => {
  find('pay').disabled = true;
  call('pay');
});
find('leave').addEventListener('click', () => { body.dataset.state = 'left'; });
find('back').addEventListener('click', () => {
  body.dataset.state = 'ready';
  find('pay').disabled = false;
  call('state');
});

if (body.dataset.state === 'opening') call('scan');
else show(body.dataset.state);
setInterval(() => {
  if (!document.hidden && ['ready', 'left'].includes(body.dataset.state)) call('state');
}, 2000);
`;
