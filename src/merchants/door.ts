import { type Authenticate, SUSPENDED } from './authenticate.ts';
import { type Caller, nameOf } from './caller.ts';
import type { LimitKind, Limits, TooMany } from './limits.ts';
import { NOBODY } from './rate-limit.ts';

/** How many credentials are remembered as good. */
const MAX_WELCOME = 20_000;

export type Admitted =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** The credential is missing, or nobody's. */
  | { readonly kind: 'stranger' }
  /** Its merchant is suspended. */
  | { readonly kind: 'suspended' }
  | TooMany;

/** The one way in, whichever transport a caller comes over. */
export interface Door {
  /** Who comes with a credential from an address: for a connection. */
  admit(credential: string | undefined, address: string): Promise<Admitted>;
  /** The same for one request, which is counted. */
  ask(credential: string | undefined, address: string): Promise<Admitted>;
}

export interface DoorNeeds {
  readonly authenticate: Authenticate;
  readonly limits: Limits;
  /** Hears of each request that has to wait. */
  readonly onRefused: (limit: LimitKind) => void;
}

/**
 * An address that tries many credentials in vain has to wait before another one is looked at. What was good before is looked
 * at all the same: a flood that comes from where the tills are must not lock them out.
 */
export function openDoor({ authenticate, limits, onRefused }: DoorNeeds): Door {
  const welcome = new Set<string>();

  function refusal(limit: LimitKind, waitSeconds: number): TooMany | undefined {
    if (waitSeconds === 0) return undefined;
    onRefused(limit);
    return { kind: 'too_many', limit, waitSeconds };
  }

  async function admit(credential: string | undefined, address: string): Promise<Admitted> {
    const from = { merchantId: NOBODY, name: address };
    const isNew = credential === undefined || !welcome.has(credential);
    const tooMany = isNew ? refusal('address', limits.address.waitOf(from)) : undefined;
    if (tooMany !== undefined) return tooMany;
    const caller = credential === undefined ? undefined : await authenticate(credential);
    if (credential === undefined || caller === undefined) {
      if (credential !== undefined) welcome.delete(credential);
      limits.address.owe(from);
      return { kind: 'stranger' };
    }
    if (isNew) add(welcome, credential);
    if (caller === SUSPENDED) return { kind: 'suspended' };
    return { kind: 'caller', caller };
  }

  function count(caller: Caller): TooMany | undefined {
    const { merchantId } = caller;
    const own = refusal('credential', limits.credential.take({ merchantId, name: nameOf(caller) }));
    // Buyers are many, and must not use up what the tills may ask for.
    if (own !== undefined || caller.kind === 'client') return own;
    return refusal('merchant', limits.merchant.take({ merchantId, name: '' }));
  }

  return {
    admit,
    async ask(credential, address) {
      const admitted = await admit(credential, address);
      return (admitted.kind === 'caller' ? count(admitted.caller) : undefined) ?? admitted;
    },
  };
}

function add(credentials: Set<string>, credential: string): void {
  const [oldest] = credentials;
  if (credentials.size >= MAX_WELCOME && oldest !== undefined) credentials.delete(oldest);
  credentials.add(credential);
}
