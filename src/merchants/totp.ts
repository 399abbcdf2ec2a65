// One-time codes by which a maker stands in for a second person: something that a stolen credential has not.
import type { SealedSecrets } from '../deliveries/ports.ts';
import type { ConfirmationInvalid, ConfirmationRequired, Sure } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import type { Operations, Totps } from './ports.ts';
import type { Change, Maker } from './second-person.ts';

export interface TotpNeeds {
  readonly totps: Totps;
  readonly operations: Pick<Operations, 'makerOf'>;
  readonly secrets: SealedSecrets;
  readonly newTotpSecret: () => string;
  /** The 30 seconds whose code this is, of those around `now`; undefined when it is of none. */
  readonly totpStep: (secret: string, code: string, now: Date) => number | undefined;
  readonly clock: Clock;
  readonly newId: NewId;
}

export type TotpEnrolled =
  | { readonly kind: 'totp'; readonly secret: string; readonly url: string }
  | ConfirmationRequired
  | ConfirmationInvalid;

export type TotpActivated = { readonly kind: 'totp_active' } | ConfirmationInvalid;

export const WRONG: ConfirmationInvalid = {
  kind: 'confirmation_invalid',
  message: 'The one-time code is wrong, was used before, or too many were tried',
};

/** What somebody has to agree to. To have agreed to the first secret is not to have agreed to another one in its place. */
export function enrolment({ keyId }: Pick<Maker, 'keyId'>, replaces: boolean): Change {
  const place = replaces ? ', in the place of the one that counts' : '';
  const summary = `A new secret for one-time codes of the credential ${keyId}${place}`;
  return { kind: 'totp', what: { act: 'enrol', replaces }, summary, always: replaces };
}

/** A new secret, answered here and never again; it counts once a code of it has come. One that counts stays until then. */
export async function enrolTotp(
  needs: TotpNeeds,
  caller: Maker,
  { code, sure }: { readonly code: string | null; readonly sure: (replaces: boolean) => Sure },
): Promise<TotpEnrolled> {
  const { merchantId } = caller;
  const owner = await ownerOf(needs, caller);
  if (code !== null && !(await isRightCode(needs, caller, code))) return WRONG;
  // Its own code, or a second person: a stolen credential alone must not get itself a new one.
  const replaces = code !== null || (await needs.totps.isActive(merchantId, owner));
  const held = code === null ? await sure(replaces)() : undefined;
  if (held !== undefined) return held;
  const secret = needs.newTotpSecret();
  const now = needs.clock.now();
  const note = { id: needs.newId(now), actor: caller.keyId, at: now };
  const sealed = needs.secrets.seal(secret, sealedFor(merchantId, owner));
  const offered = await needs.totps.offer({ merchantId, owner, sealed, replaces }, note);
  // Another one has come to count meanwhile: to replace that takes more than to have the first.
  if (!offered) return enrolTotp(needs, caller, { code, sure });
  return { kind: 'totp', secret, url: urlOf(secret, caller.keyId) };
}

/** The first code of a new secret: from now on it is the one that counts. */
export async function activateTotp(needs: TotpNeeds, caller: Maker, code: string): Promise<TotpActivated> {
  const { merchantId } = caller;
  const owner = await ownerOf(needs, caller);
  const now = needs.clock.now();
  const taken = await needs.totps.takeTry(merchantId, owner, now);
  if (taken === undefined || taken.offered === null) return WRONG;
  const secret = needs.secrets.open(taken.offered, sealedFor(merchantId, owner));
  const step = needs.totpStep(secret, code, now);
  const note = { id: needs.newId(now), actor: caller.keyId, at: now };
  const active =
    step !== undefined && (await needs.totps.activate({ merchantId, owner, sealed: taken.offered, step }, note));
  return active ? { kind: 'totp_active' } : WRONG;
}

/** Each code once, and only so many tries: a try is taken before the code is looked at. */
export async function isRightCode(needs: TotpNeeds, caller: Maker, code: string): Promise<boolean> {
  const { merchantId } = caller;
  const owner = await ownerOf(needs, caller);
  const now = needs.clock.now();
  const taken = await needs.totps.takeTry(merchantId, owner, now);
  if (taken === undefined || taken.active === null) return false;
  const step = needs.totpStep(needs.secrets.open(taken.active, sealedFor(merchantId, owner)), code, now);
  return step !== undefined && needs.totps.useStep({ merchantId, owner, step });
}

/** A key's secret is also that of the key it is rotated into. */
function ownerOf({ operations }: TotpNeeds, { merchantId, keyId }: Maker): Promise<string> {
  return operations.makerOf(merchantId, keyId);
}

export function sealedFor(merchantId: string, owner: string): string {
  return `totp:${merchantId}:${owner}`;
}

function urlOf(secret: string, name: string): string {
  return `otpauth://totp/Kassa:${encodeURIComponent(name)}?secret=${secret}&issuer=Kassa`;
}
