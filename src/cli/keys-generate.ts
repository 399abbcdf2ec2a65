import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AppKeys } from '../alipay/generate-keys.ts';
import { type Command, noWords, UsageError } from './command.ts';

const HELP = `Makes an RSA2 key pair (2048 bits) for your Alipay application and says where each half goes.

  --out DIR   where the files go; made if need be (default: alipay-keys)

Nothing is overwritten. Only you can read the files; keep them out of version control. API keys, with which callers ask the
gateway, are another matter: kassa keys create.`;

export function keysGenerate(generate: () => Promise<AppKeys>): Command {
  return {
    name: 'keys generate',
    takes: '[--out DIR]',
    summary: 'Alipay: make the key pair of an application',
    help: HELP,
    options: { out: { type: 'string' } },
    async run(asked, { say }) {
      noWords(asked);
      const folder = resolve(asked.text('out') ?? 'alipay-keys');
      const keys = await generate();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const write = (name: string, content: string) => writeNew(join(folder, name), `${content.trim()}\n`);
      const pkcs8 = await write('app-private-key.pem', keys.privatePkcs8);
      const pkcs1 = await write('app-private-key-pkcs1.pem', keys.privatePkcs1);
      const bare = await write('app-public-key.txt', keys.publicBase64);
      await write('app-public-key.pem', keys.publicPem);
      say(whereTo({ pkcs8, pkcs1, bare, fingerprint: keys.fingerprint }));
      return 0;
    },
  };
}

async function writeNew(path: string, content: string): Promise<string> {
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    return path;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw new UsageError(`${path} is there already: choose another --out.`);
    throw new UsageError(`${path} can't be written (${code}).`);
  }
}

interface Made {
  readonly pkcs8: string;
  readonly pkcs1: string;
  readonly bare: string;
  readonly fingerprint: string;
}

function whereTo({ pkcs8, pkcs1, bare, fingerprint }: Made): string {
  return `A new key pair (RSA2, 2048 bits; SHA-256 of its public half ${fingerprint}).

1. The public half goes to Alipay. Open platform, your application, "interface signing method" (接口加签方式),
   "public key": paste the content of
     ${bare}
2. Alipay then shows the Alipay public key (支付宝公钥): another key. Save it, and name it:
     ALI_PUBLIC_KEY_FILE=<the file with Alipay's public key>
   It is not ${bare}: with your own key there, no payment would ever verify.
3. The private half stays with you, and nobody else:
     ALI_PRIVATE_KEY_FILE=${pkcs8}
   The same key for tools that want PKCS#1: ${pkcs1}
4. See that everything fits: npx kassa doctor`;
}
