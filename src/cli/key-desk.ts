// What the commands about API keys share: whose keys, and on whose behalf.
import type { ApiKey } from '../merchants/api-key.ts';
import type { MerchantCaller } from '../merchants/caller.ts';
import type { KeyMade, ManageKeysNeeds } from '../merchants/manage-keys.ts';
import { SCOPES } from '../merchants/scopes.ts';
import type { ConfirmationRequired, InvalidInput } from '../orders/outcomes.ts';
import { type Asked, UsageError } from './command.ts';

/** An open database, with what manages keys in it. */
export interface KeyDesk {
  readonly needs: ManageKeysNeeds;
  merchants(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  close(): Promise<void>;
}

export interface KeyCommandNeeds {
  readonly openKeyDesk: () => Promise<KeyDesk>;
  /** Who sits at this command line: the name of the machine's user. */
  readonly user: () => string;
  readonly nameOf: (prefix: 'mer' | 'key', id: string) => string;
  readonly idIn: (prefix: 'mer' | 'key', text: string) => string | undefined;
}

export const MERCHANT_OPTION = { merchant: { type: 'string' } } as const;

export const WHERE = `  --merchant M        mer_… or its name; not needed while there is only one

These are the keys with which callers ask the gateway, not the key pair of your Alipay application (kassa keys generate).
Nobody is asked for a key: whoever may open the database may do this, and the audit log says that it was the command line.
DATABASE_URL says where; without it, the embedded database in DATA_DIR. It may run beside the gateway at any time.`;

/** Acts for the merchant that was named, or the only one there is, with every right. */
export async function atKeyDesk<Result>(
  { openKeyDesk, user, nameOf, idIn }: KeyCommandNeeds,
  asked: Asked,
  act: (desk: KeyDesk, caller: MerchantCaller) => Promise<Result>,
): Promise<Result> {
  const desk = await openKeyDesk();
  try {
    const merchants = await desk.merchants();
    const named = asked.text('merchant');
    const id = named === undefined ? undefined : idIn('mer', named);
    const found = named === undefined ? merchants : merchants.filter((one) => one.id === id || one.name === named);
    const [merchant] = found;
    if (merchant === undefined || found.length > 1) {
      const known = merchants.map((one) => `  ${nameOf('mer', one.id)}  ${one.name}`).join('\n');
      throw new UsageError(
        `Name one merchant with --merchant:\n${known || '  there is none yet: start the gateway once'}`,
      );
    }
    const keyId = `command line (${user()})`;
    return await act(desk, { kind: 'merchant', merchantId: merchant.id, keyId, scopes: SCOPES });
  } finally {
    await desk.close();
  }
}

/** At the command line nothing waits for a second person. */
export function atOnce<Outcome extends { readonly kind: string }>(
  outcome: Outcome,
): Exclude<Outcome, ConfirmationRequired> {
  if (outcome.kind === 'confirmation_required') throw new Error('the command line was asked to wait');
  return outcome as Exclude<Outcome, ConfirmationRequired>;
}

/** @throws UsageError for what is no id of a key. */
export function keyIdOf({ idIn }: KeyCommandNeeds, word: string): string {
  const id = idIn('key', word);
  if (id === undefined) throw new UsageError(`${JSON.stringify(word)} is no key_… id: kassa keys list shows them.`);
  return id;
}

/** @throws UsageError with what was wrong. */
export function refused({ message }: Pick<InvalidInput, 'message'>): never {
  throw new UsageError(`${message}.`);
}

export function sayNewKey({ nameOf }: KeyCommandNeeds, { key, secret }: KeyMade): string {
  return `${secret}\n\nThat is the key ${nameOf('key', key.id)} "${key.label}": ${rightsOf(key)}. It is not shown again.`;
}

export function rightsOf({ scopes, terminalId }: Pick<ApiKey, 'scopes' | 'terminalId'>): string {
  if (terminalId !== null) return `sells at terminal ${terminalId}`;
  return scopes.length === SCOPES.length ? 'may do everything' : `may do ${scopes.join(', ')}`;
}
