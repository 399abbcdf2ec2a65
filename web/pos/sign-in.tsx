import { useState } from 'preact/hooks';
import { problemOf } from '../api/answer.ts';
import { checkKey } from '../api/documents.ts';
import { openGateway } from '../api/gateway.ts';
import { LanguageSwitch, useText } from '../text/language.tsx';
import type { Text } from '../text/shape.ts';

interface SignInProps {
  readonly ended: boolean;
  readonly onKey: (apiKey: string) => void;
}

export function SignIn({ ended, onKey }: SignInProps) {
  const text = useText().signIn;
  const [apiKey, setApiKey] = useState('');
  const [checking, setChecking] = useState(false);
  const [said, setSaid] = useState<keyof Text['signIn'] | undefined>(ended ? 'ended' : undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    setChecking(true);
    const fault = await faultOf(apiKey.trim());
    setChecking(false);
    setSaid(fault);
    if (fault === undefined) onKey(apiKey.trim());
  };
  return (
    <main class="sheet">
      <form class="card" onSubmit={submit}>
        <h1>{text.title}</h1>
        <p id="key-hint">{text.hint}</p>
        <label for="key">{text.key}</label>
        <input
          id="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          maxLength={512}
          aria-describedby="key-hint"
          value={apiKey}
          onInput={(event) => setApiKey(event.currentTarget.value)}
          ref={focusFirst}
        />
        <p class="problem" role="alert">
          {said === undefined ? '' : text[said]}
        </p>
        <button type="submit" class="main" disabled={checking || apiKey.trim() === ''}>
          {checking ? text.checking : text.go}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

function focusFirst(input: HTMLInputElement | null): void {
  if (document.activeElement === document.body) input?.focus();
}

/** Asks the gateway something cheap with the key. */
async function faultOf(apiKey: string): Promise<'wrong' | 'unreachable' | undefined> {
  const printable = /^[\x21-\x7e]+$/.test(apiKey);
  if (!printable) return 'wrong';
  const { client } = openGateway({ apiKey }, { origin: location.origin, onSignedOut: () => {} });
  const { data, error } = await client.query(checkKey, {}).toPromise();
  if (data !== undefined && data !== null) return undefined;
  return problemOf(error).kind === 'refused' || error?.response?.status === 401 ? 'wrong' : 'unreachable';
}
