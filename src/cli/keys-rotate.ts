import { rotateKey } from '../merchants/manage-keys.ts';
import { type Command, onlyWord, UsageError } from './command.ts';
import {
  atKeyDesk,
  atOnce,
  type KeyCommandNeeds,
  keyIdOf,
  MERCHANT_OPTION,
  refused,
  sayNewKey,
  WHERE,
} from './key-desk.ts';

const HELP = `Puts a new API key in the place of one and shows it, once. It may do the same; the old one stays valid for a while.

  KEY                 key_…, as kassa keys list shows it
  --overlap SECONDS   how long the old one stays valid (default: 86400, a day; 0: not at all)
${WHERE}`;

const A_DAY_SECONDS = '86400';

export function keysRotate(needs: KeyCommandNeeds): Command {
  return {
    name: 'keys rotate',
    takes: 'KEY [--overlap SECONDS] [--merchant M]',
    summary: 'API keys: put a new one in the place of an old one',
    help: HELP,
    options: { ...MERCHANT_OPTION, overlap: { type: 'string' } },
    async run(asked, { say }) {
      const keyId = keyIdOf(needs, onlyWord(asked, 'key'));
      const overlap = asked.text('overlap') ?? A_DAY_SECONDS;
      if (!/^\d{1,9}$/.test(overlap)) throw new UsageError('--overlap takes seconds.');
      const wanted = { keyId, overlapSeconds: Number(overlap) };
      const made = atOnce(await atKeyDesk(needs, asked, (desk, caller) => rotateKey(desk.needs, caller, wanted)));
      if (made.kind === 'invalid_input') refused(made);
      if (made.kind === 'api_key_not_found') refused({ message: 'There is no such valid key' });
      say(sayNewKey(needs, made));
      return 0;
    },
  };
}
