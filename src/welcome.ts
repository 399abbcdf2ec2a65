import type { Config } from './config.ts';
import type { Foundation } from './foundation.ts';

const ROLE_LINES: Readonly<Record<Config['role'], readonly string[]>> = {
  all: [],
  gateway: ['ROLE=gateway: serves callers and Alipay; workers do what happens by itself.'],
  worker: [
    'ROLE=worker: does what happens by itself, for every gateway on its database.',
    'It serves /healthz, /readyz and /metrics, and nobody else.',
  ],
};

/** What the terminal shows: where everything is, the key, what to do. */
export function welcome({ role, port }: Config, url: string, { shownApiKey, sandboxUrl }: Foundation): string[] {
  if (role === 'worker')
    return ['Kassa is ready.', ...ROLE_LINES.worker, '', `Metrics   http://localhost:${port}/metrics`];
  return [
    'Kassa is ready.',
    ...ROLE_LINES[role],
    '',
    `Till      ${url}/pos`,
    `GraphQL   ${url}/graphql`,
    ...(sandboxUrl === undefined ? [] : [`Sandbox   ${sandboxUrl}   (play money)`]),
    ...(shownApiKey === undefined ? [] : [`API key   ${shownApiKey}`]),
    '',
    ...(sandboxUrl === undefined
      ? [`Alipay notifies ${url}/alipay/notify`]
      : [
          'Open the till, type an amount, press Sell, then follow the link under',
          'the QR code: the wallet opens, pay, and see the till turn PAID.',
        ]),
    'Ctrl-C stops everything.',
  ];
}
