import type { ApiKey } from '../merchants/api-key.ts';
import { type Command, noWords } from './command.ts';
import { atKeyDesk, type KeyCommandNeeds, MERCHANT_OPTION, rightsOf, WHERE } from './key-desk.ts';

const HELP = `Lists a merchant's API keys, newest first: id, how the key begins, label, what it may do, whether it is valid. The keys
themselves are not kept anywhere.

${WHERE}`;

export function keysList(needs: KeyCommandNeeds): Command {
  return {
    name: 'keys list',
    takes: '[--merchant M]',
    summary: 'API keys: list them',
    help: HELP,
    options: MERCHANT_OPTION,
    async run(asked, { say }) {
      noWords(asked);
      await atKeyDesk(needs, asked, async (desk, { merchantId }) => {
        const now = desk.needs.clock.now();
        for (const key of await desk.needs.apiKeys.list(merchantId)) say(lineOf(needs, key, now));
      });
      return 0;
    },
  };
}

function lineOf({ nameOf }: KeyCommandNeeds, key: ApiKey, now: Date): string {
  const begins = key.prefix === '' ? '' : ` ${key.prefix}…`;
  return `${nameOf('key', key.id)}${begins}  "${key.label}"  ${rightsOf(key)}  ${stateOf(key, now)}`;
}

function stateOf({ revokedAt, expiresAt, lastUsedAt }: ApiKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.toISOString()}`;
  if (expiresAt !== null && expiresAt <= now) return `expired ${expiresAt.toISOString()}`;
  const until = expiresAt === null ? '' : ` until ${expiresAt.toISOString()}`;
  return `valid${until}, ${lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`}`;
}
