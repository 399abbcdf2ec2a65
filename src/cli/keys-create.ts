import { createKey } from '../merchants/manage-keys.ts';
import { isScope, SCOPES, type Scope } from '../merchants/scopes.ts';
import { type Asked, type Command, noWords, UsageError } from './command.ts';
import { atKeyDesk, atOnce, type KeyCommandNeeds, MERCHANT_OPTION, refused, sayNewKey, WHERE } from './key-desk.ts';

const HELP = `Makes an API key and shows it, once. For whoever has lost every key: kassa keys create --label rescue --scopes all

  --label TEXT        what it is for
  --scopes A,B        what it may do: all, or some of ${SCOPES.slice(0, 4).join(', ')},
                      ${SCOPES.slice(4).join(', ')}
  --terminal T        instead of scopes: a key for this terminal alone
  --expires MOMENT    until when it is valid (2026-12-31T00:00:00Z); for ever without
${WHERE}`;

export function keysCreate(needs: KeyCommandNeeds): Command {
  return {
    name: 'keys create',
    takes: '--label TEXT (--scopes A,B | --terminal T) [--expires MOMENT] [--merchant M]',
    summary: 'API keys: make one, also when every other is lost',
    help: HELP,
    options: {
      ...MERCHANT_OPTION,
      label: { type: 'string' },
      scopes: { type: 'string' },
      terminal: { type: 'string' },
      expires: { type: 'string' },
    },
    async run(asked, { say }) {
      noWords(asked);
      const wanted = readWanted(asked);
      const made = atOnce(await atKeyDesk(needs, asked, (desk, caller) => createKey(desk.needs, caller, wanted)));
      if (made.kind === 'invalid_input') refused(made);
      if (made.kind === 'api_key_limit') refused({ message: `At most ${made.most} keys are valid at a time` });
      say(sayNewKey(needs, made));
      return 0;
    },
  };
}

function readWanted(asked: Asked) {
  const label = asked.text('label');
  if (label === undefined) throw new UsageError('--label is missing: what is the key for?');
  return {
    label,
    scopes: readScopes(asked.text('scopes')),
    terminalId: asked.text('terminal') ?? null,
    expiresAt: readMoment(asked.text('expires')),
  };
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === undefined) return [];
  if (text === 'all') return SCOPES;
  const names = text.split(',');
  const strange = names.find((name) => !isScope(name));
  if (strange !== undefined)
    throw new UsageError(`There is no scope ${JSON.stringify(strange)}: ${SCOPES.join(', ')}.`);
  return names.filter(isScope);
}

function readMoment(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new UsageError('--expires takes a moment (2026-12-31T00:00:00Z).');
}
