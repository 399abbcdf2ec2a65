import type { Candidate, Diagnosis, Patient } from '../alipay/doctor/diagnose.ts';
import type { RawRequest } from '../alipay/doctor/read-request.ts';
import type { StoredMessage, VerificationKey } from '../orders/bundle.ts';
import { type Asked, type Command, noWords, onlyWord, type Terminal, UsageError } from './command.ts';
import { readFileOrFail } from './read-file.ts';

const HELP = `Finds out why a notification of Alipay's does not verify, by trying what can have happened to it: another key in
place of Alipay's, \`+\` read as a space, GBK read as UTF-8, the URL's query mixed in, HTML or JSON filters, trimmed values
and more, singly and together. Names what makes it verify, and where to mend it.

  FILE            the raw body as it was posted, or a whole raw HTTP request with its headers
  --id ID         in place of FILE: a kept message, by its notify_id or its evd_… id (needs the database)
  --key FILE      a public key or certificate that may have signed it (may be given several times)
  --app-key FILE  your application's own key, public or private
  --app-id ID     your application

Keys and application come from ALI_* as well, where these are set.`;

export interface NotifyDoctorNeeds {
  readonly readRequest: (file: Buffer) => RawRequest;
  readonly diagnose: (
    patient: Patient,
    candidates: readonly Candidate[],
    known: { appId: string | undefined },
  ) => Diagnosis;
  readonly givenKey: (label: string, text: string, role: 'given' | 'own') => Candidate;
  /** The configured account; undefined when ALI_* is not set. */
  readonly configured: () => { readonly appId: string; readonly keys: readonly Candidate[] } | undefined;
  readonly findMessages: (
    id: string,
  ) => Promise<{ readonly messages: readonly StoredMessage[]; readonly keys: readonly VerificationKey[] }>;
}

const MAX_BYTES = 1024 * 1024;
const MAX_KEY_BYTES = 100_000;

export function doctorNotify(needs: NotifyDoctorNeeds): Command {
  return {
    name: 'doctor notify',
    takes: 'FILE | --id ID [--key FILE]… [--app-key FILE] [--app-id ID]',
    summary: 'find out why a notification does not verify',
    help: HELP,
    options: {
      id: { type: 'string' },
      key: { type: 'string', multiple: true },
      'app-key': { type: 'string' },
      'app-id': { type: 'string' },
    },
    async run(asked, terminal) {
      const id = asked.text('id');
      const given = await givenKeys(needs, asked);
      const configured = needs.configured();
      const keys = [...(configured?.keys ?? []), ...given];
      const appId = asked.text('app-id') ?? configured?.appId;
      if (id !== undefined) {
        noWords(asked);
        return examineStored(needs, { id, keys, appId, terminal });
      }
      if (keys.length === 0)
        throw new UsageError('There is no key to try: set ALI_* as the gateway has it, or name one with --key.');
      const request = needs.readRequest(await readFileOrFail(onlyWord(asked, 'FILE'), MAX_BYTES));
      return sayDiagnosis(terminal, needs.diagnose(request, keys, { appId }), keys);
    },
  };
}

async function givenKeys({ givenKey }: NotifyDoctorNeeds, asked: Asked): Promise<Candidate[]> {
  const read = async (option: string, path: string) =>
    givenKey(
      `--${option} ${path}`,
      (await readFileOrFail(path, MAX_KEY_BYTES)).toString('utf8'),
      option === 'key' ? 'given' : 'own',
    );
  const own = asked.text('app-key');
  const keys = asked.texts('key').map((path) => read('key', path));
  return Promise.all(own === undefined ? keys : [...keys, read('app-key', own)]);
}

/** What a kept message was verified with, whatever is configured today. */
function asVerifiedWith(key: Candidate): Candidate {
  return { ...key, role: 'configured' };
}

function asAnyOther(key: Candidate): Candidate {
  return key.role === 'configured' ? { ...key, role: 'given' } : key;
}

interface Stored {
  readonly id: string;
  readonly keys: readonly Candidate[];
  readonly appId: string | undefined;
  readonly terminal: Terminal;
}

/** Only what verified is ever kept: one that does not any more was changed, or its key is another one. */
async function examineStored(needs: NotifyDoctorNeeds, { id, keys, appId, terminal }: Stored): Promise<0 | 1> {
  const found = await needs.findMessages(id);
  if (found.messages.length === 0) {
    terminal.say(
      `No kept message has the id ${id}. What does not verify is not kept: save the raw body and name the file.`,
    );
    return 1;
  }
  let worst: 0 | 1 = 0;
  for (const message of found.messages) {
    terminal.say(`${message.kind} kept ${message.receivedAt.toISOString()}, ${message.verdict}`);
    const kept = found.keys.map((key) => needs.givenKey(`key ${key.id.slice(0, 12)}…`, key.publicKey, 'given'));
    const candidates = [...kept.map(asVerifiedWith), ...keys.map(asAnyOther)];
    if (message.kind === 'answer') terminal.say('An answer, not a notification: kassa audit checks its signature.');
    else {
      const patient = { body: Buffer.from(message.bytes), queryNames: [], contentLength: undefined };
      if (sayDiagnosis(terminal, needs.diagnose(patient, candidates, { appId }), candidates) === 1) worst = 1;
    }
  }
  return worst;
}

function sayDiagnosis(
  { say }: Terminal,
  { kind, key, causes, suspicions }: Diagnosis,
  keys: readonly Candidate[],
): 0 | 1 {
  say(VERDICTS[kind](key?.label ?? '', keys.map(({ label }) => label).join(', ')));
  for (const { what, fix } of causes) say(`\nWhy: ${what}.\n  -> ${fix}.`);
  for (const odd of suspicions) say(`\nAlso: ${odd}`);
  return kind === 'genuine' && suspicions.length === 0 ? 0 : 1;
}

const VERDICTS: Readonly<Record<Diagnosis['kind'], (key: string, tried: string) => string>> = {
  genuine: (key) => `It verifies as it is, with ${key}.`,
  mended: (key) => `It does not verify as it is. It does with ${key}, once this is undone:`,
  unsigned: () => 'There is no signature in it that could be verified.',
  other_key: (_, tried) =>
    `None of the keys made this signature (tried: ${tried}). Another application's or environment's key did, or the sign is damaged.`,
  altered: (key) =>
    `${key} made the signature, but the fields are not what was signed, and no repair that is known makes them so: a value was changed.`,
};
