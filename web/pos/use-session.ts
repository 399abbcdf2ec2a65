import { useCallback, useEffect, useState } from 'preact/hooks';
import { forget, remember, remembered } from '../page/memory.ts';

export type Session =
  | { readonly kind: 'loading' }
  | { readonly kind: 'signed_out'; readonly ended: boolean }
  | { readonly kind: 'signed_in'; readonly apiKey: string; readonly automatic: boolean; readonly sandbox: boolean };

const KEY = 'kassa.apiKey';

export interface Sessions {
  readonly session: Session;
  readonly signIn: (apiKey: string) => void;
  /** `ended`: the gateway threw us out, rather than the cashier leaving. */
  readonly signOut: (ended: boolean) => void;
}

/** The till's credential: from the gateway itself with the built-in sandbox, else the key entered once. */
export function useSession(): Sessions {
  const [session, setSession] = useState<Session>({ kind: 'loading' });
  useEffect(() => {
    let gone = false;
    void firstSession().then((first) => gone || setSession(first));
    return () => {
      gone = true;
    };
  }, []);
  const signIn = useCallback((apiKey: string) => {
    remember(KEY, apiKey);
    setSession({ kind: 'signed_in', apiKey, automatic: false, sandbox: false });
  }, []);
  const signOut = useCallback((ended: boolean) => {
    forget(KEY);
    setSession({ kind: 'signed_out', ended });
  }, []);
  return { session, signIn, signOut };
}

async function firstSession(): Promise<Session> {
  const offered = await offeredSession();
  if (offered !== undefined) return offered;
  const apiKey = remembered(KEY);
  if (apiKey === null) return { kind: 'signed_out', ended: false };
  return { kind: 'signed_in', apiKey, automatic: false, sandbox: false };
}

async function offeredSession(): Promise<Session | undefined> {
  try {
    const response = await fetch('/pos/session', { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return undefined;
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('apiKey' in body) || typeof body.apiKey !== 'string') return;
    const sandbox = 'sandbox' in body && body.sandbox === true;
    return { kind: 'signed_in', apiKey: body.apiKey, automatic: true, sandbox };
  } catch {
    return undefined; // No gateway, no answer: the remembered key may still do.
  }
}
