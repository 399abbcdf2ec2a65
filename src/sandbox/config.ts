import { readFileSync } from 'node:fs';

/** A setting is missing or wrong; the message is one line for a person and names the variable. */
export class BadSetting extends Error {}

export type SandboxConfig = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly publicUrl: string | null;
  readonly timeScale: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws BadSetting for the first variable that is not right. */
export function readConfig(env: Environment): SandboxConfig {
  return {
    port: readPort(env),
    host: readHost(env),
    dataDir: variable(env, 'DATA_DIR') ?? '.data',
    publicUrl: readPublicUrl(env),
    timeScale: readTimeScale(env),
  };
}

// NAME_FILE names a file whose content is the value. An empty variable counts as unset.
function variable(env: Environment, name: string): string | null {
  const direct = env[name]?.trim() || null;
  const path = env[`${name}_FILE`]?.trim() || null;
  if (direct !== null && path !== null) throw new BadSetting(`Set ${name} or ${name}_FILE, not both.`);
  return path === null ? direct : readValue(name, path);
}

function readValue(name: string, path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch {
    throw new BadSetting(`${name}_FILE is ${JSON.stringify(path)}, which cannot be read.`);
  }
}

function wrong(name: string, got: string, right: string): BadSetting {
  return new BadSetting(`${name} is ${JSON.stringify(got.slice(0, 100))}; it must be ${right}.`);
}

function readPort(env: Environment): number {
  const text = variable(env, 'SANDBOX_PORT') ?? '4001';
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw wrong('SANDBOX_PORT', text, 'a port from 0 (any free one) to 65535');
}

function readHost(env: Environment): string {
  const text = variable(env, 'SANDBOX_HOST') ?? '127.0.0.1';
  if (/^[A-Za-z0-9.:_-]{1,253}$/.test(text)) return text;
  throw wrong('SANDBOX_HOST', text, 'an address to listen on, such as 127.0.0.1 or 0.0.0.0');
}

function readPublicUrl(env: Environment): string | null {
  const text = variable(env, 'SANDBOX_PUBLIC_URL');
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (isPlain && url.username === '' && text.length <= 200) return text.replace(/\/+$/, '');
  throw wrong('SANDBOX_PUBLIC_URL', text, 'an http or https URL that phones reach, such as http://192.168.1.5:4001');
}

function readTimeScale(env: Environment): number {
  const text = variable(env, 'SANDBOX_TIME_SCALE') ?? '1';
  const scale = /^\d{1,7}(\.\d{1,4})?$/.test(text) ? Number(text) : 0;
  if (scale >= 0.01 && scale <= 1_000_000) return scale;
  throw wrong('SANDBOX_TIME_SCALE', text, 'how many times faster resendings come, from 0.01 to 1000000');
}
