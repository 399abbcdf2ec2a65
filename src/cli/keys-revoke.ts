import { revokeKey } from '../merchants/manage-keys.ts';
import { type Command, onlyWord } from './command.ts';
import { atKeyDesk, atOnce, type KeyCommandNeeds, keyIdOf, MERCHANT_OPTION, refused, WHERE } from './key-desk.ts';

const HELP = `Ends an API key: within five seconds it opens nothing on any process, and what it had open is closed. The last one that
may administer stays: make another one first.

  KEY                 key_…, as kassa keys list shows it
${WHERE}`;

export function keysRevoke(needs: KeyCommandNeeds): Command {
  return {
    name: 'keys revoke',
    takes: 'KEY [--merchant M]',
    summary: 'API keys: end one',
    help: HELP,
    options: MERCHANT_OPTION,
    async run(asked, { say }) {
      const keyId = keyIdOf(needs, onlyWord(asked, 'key'));
      const revoked = atOnce(await atKeyDesk(needs, asked, (desk, caller) => revokeKey(desk.needs, caller, keyId)));
      if (revoked.kind === 'invalid_input') refused(revoked);
      if (revoked.kind === 'api_key_not_found') refused({ message: 'There is no such valid key' });
      say(`The key ${needs.nameOf('key', keyId)} "${revoked.key.label}" opens nothing any more.`);
      return 0;
    },
  };
}
