import { type Command, noWords } from './command.ts';
import { type RegisterNeeds, registered } from './registered.ts';

const HELP = `Seals every kept secret (private keys and authorisations of apps, secrets of webhook endpoints) anew under SECRET_KEY.

To exchange SECRET_KEY without a gap:
  1. start all gateways with the old SECRET_KEY and SECRET_KEY_ALSO=<the new one>
  2. start all gateways with the new SECRET_KEY and SECRET_KEY_ALSO=<the old one>
  3. run this command with the variables of 2
  4. a day later, when no token of the old one is in use, start all gateways without SECRET_KEY_ALSO
The key that the gateway made by itself while there was no SECRET_KEY is read without SECRET_KEY_ALSO, and forgotten by 3.

May be run again at any time, beside gateways. DATABASE_URL says where; without it, the embedded database in DATA_DIR.`;

export function secretsRotate(needs: Pick<RegisterNeeds, 'openRegister'>): Command {
  return {
    name: 'secrets rotate',
    takes: '',
    summary: 'seal all secrets anew under SECRET_KEY',
    help: HELP,
    options: {},
    async run(asked, { say }) {
      noWords(asked);
      const { resealed, rows, lost, keyId, forgot } = await registered(needs, (register) => register.rotateSecrets());
      for (const { kind, id } of lost)
        say(`WRONG  ${kind} ${id}: neither SECRET_KEY nor SECRET_KEY_ALSO opens its secrets.`);
      say(
        `Sealed ${resealed} of ${rows} anew under key ${keyId}; the others were already, ${lost.length} can't be opened.`,
      );
      if (forgot) say('The key that was kept in the database is forgotten: SECRET_KEY is needed from now on.');
      return lost.length > 0 ? 1 : 0;
    },
  };
}
