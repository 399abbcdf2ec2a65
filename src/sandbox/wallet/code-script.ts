/** The script of the payment code's page: follows the code, asks the buyer, and draws a new code when it runs out. */
export const codeJs = `'use strict';
const body = document.body;
const find = (id) => document.getElementById(id);
const all = (names) => document.querySelectorAll(names);
const path = '/wallet/code/' + body.dataset.code + '/';

function show({ state, amount, subject }) {
  if (body.dataset.state === 'left' && state === 'ready') return;
  if (body.dataset.state === 'fresh' && state === 'expired') return location.reload();
  for (const sum of all('.sum')) sum.textContent = amount;
  for (const item of all('.item')) item.textContent = subject;
  body.dataset.state = state;
  find('pay').disabled = state !== 'ready';
}

async function call(action) {
  const posting = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  try {
    const answer = await fetch(path + action, action === 'state' ? {} : posting);
    show(await answer.json());
    for (const trouble of all('.offline')) trouble.hidden = true;
  } catch {
    for (const trouble of all('.offline')) trouble.hidden = false;
    find('pay').disabled = false;
  }
}

find('pay').addEventListener('click', () => {
  find('pay').disabled = true;
  call('pay');
});
find('leave').addEventListener('click', () => { body.dataset.state = 'left'; });
find('back').addEventListener('click', () => {
  body.dataset.state = 'ready';
  call('state');
});
for (const button of all('.another')) button.addEventListener('click', () => location.reload());

setInterval(() => {
  if (!document.hidden && ['fresh', 'ready', 'left'].includes(body.dataset.state)) call('state');
}, 1000);
`;
