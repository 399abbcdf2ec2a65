import { createMerchant, type MerchantOutcome, setMerchantSuspended } from '../merchants/manage-merchants.ts';
import type { Merchant } from '../merchants/merchant.ts';
import { type Command, noWords, onlyWord, UsageError } from './command.ts';
import type { Register } from './register.ts';
import { ACTOR, type RegisterNeeds, registered } from './registered.ts';

const WHERE = `DATABASE_URL says where; without it, the embedded database in DATA_DIR. The gateways learn of it within five seconds. Each
change leaves an audit note.`;

/** `kassa merchants …` */
export function merchantCommands(needs: RegisterNeeds): readonly Command[] {
  return [list(needs), create(needs), suspend(needs, true), suspend(needs, false)];
}

const PAGE = 100;

function list(needs: RegisterNeeds): Command {
  return {
    name: 'merchants list',
    takes: '',
    summary: 'all merchants of this installation',
    help: `One line a merchant: its id, since when it is suspended, its name. The first is the installation's own.\n\n${WHERE}`,
    options: {},
    async run(asked, { say }) {
      noWords(asked);
      await registered(needs, async (register) => {
        for await (const merchant of allMerchants(register)) say(lineOf(needs, merchant));
      });
      return 0;
    },
  };
}

async function* allMerchants({ merchants: { merchants } }: Register): AsyncIterable<Merchant> {
  for (let after: string | null = null; ; ) {
    const page: readonly Merchant[] = await merchants.list({ first: PAGE, after });
    yield* page;
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return;
  }
}

function create(needs: RegisterNeeds): Command {
  return {
    name: 'merchants create',
    takes: 'NAME',
    summary: 'a new merchant with its first API key',
    help: `Makes a merchant and prints its first API key, which may do everything for it and is never shown again. It sells once it has
an app: kassa apps add.\n\n${WHERE}`,
    options: {},
    async run(asked, { say }) {
      const name = onlyWord(asked, 'name');
      const made = await registered(needs, ({ merchants }) => createMerchant(merchants, { name, actor: ACTOR }));
      if (made.kind === 'invalid_input') throw new UsageError(`${made.message}.`);
      say(`Merchant  ${needs.nameOf('mer', made.merchant.id)}\nAPI key   ${made.secret}   (never shown again)`);
      return 0;
    },
  };
}

function suspend(needs: RegisterNeeds, suspended: boolean): Command {
  const says = suspended
    ? `Its credentials open nothing from now on, and their connections are closed. Alipay's notifications about it are still heard,
its open payments looked after and its refunds finished: no money gets lost.`
    : 'Its credentials open everything again that they opened before.';
  return {
    name: suspended ? 'merchants suspend' : 'merchants resume',
    takes: 'ID',
    summary: suspended ? 'its credentials open nothing' : 'its credentials open again',
    help: `${says}\n\n${WHERE}`,
    options: {},
    async run(asked, { say }) {
      const id = needs.idOf('mer', onlyWord(asked, 'id')) ?? nobody();
      const outcome = await registered(needs, ({ merchants }) =>
        setMerchantSuspended(merchants, { id, suspended, actor: ACTOR }),
      );
      say(lineOf(needs, merchantIn(outcome)));
      return 0;
    },
  };
}

function merchantIn(outcome: MerchantOutcome): Merchant {
  switch (outcome.kind) {
    case 'merchant':
      return outcome.merchant;
    case 'merchant_not_found':
      return nobody();
    case 'invalid_input':
      throw new UsageError(`${outcome.message}.`);
  }
}

function nobody(): never {
  throw new UsageError('There is no such merchant: kassa merchants list names them all (mer_…).');
}

function lineOf({ nameOf }: RegisterNeeds, { id, name, suspendedAt }: Merchant): string {
  const state = suspendedAt === null ? 'active' : `suspended since ${suspendedAt.toISOString()}`;
  return `${nameOf('mer', id)}  ${state}  ${name}`;
}
