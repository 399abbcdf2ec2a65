// Why a notification does not verify. First the key: a signature opened with the right one shows what it vouches
// for. Then the content: which repairs make the fields what was signed.
import type { KeyObject } from 'node:crypto';
import { fingerprintOf } from '../fingerprint.ts';
import type { Cause } from './cause.ts';
import { findRepairs, MAX_TRIES } from './find-repairs.ts';
import { fieldOf, type Pairs, type Surroundings } from './letter.ts';
import { type Reading, readingsOf } from './readings.ts';
import { type Opened, openSignature, signsOf } from './signature.ts';
import { type Suspicions, suspicionsOf } from './suspicions.ts';

/** A key that may have made the signature. */
export interface Candidate {
  /** Where it comes from: `ALI_PUBLIC_KEY`, `--key other.pem`. */
  readonly label: string;
  /** `configured`: what the gateway verifies with; `own`: the application's, which Alipay never signs with. */
  readonly role: 'configured' | 'given' | 'own';
  readonly key: KeyObject;
}

export interface Patient extends Surroundings {
  readonly body: Buffer;
  /** As the request's header says; undefined when only the body is there. */
  readonly contentLength: number | undefined;
}

export interface Diagnosis {
  /** `genuine`: Alipay's as it stands; `mended`: after repairs; `unsigned`, `other_key`, `altered`: not at all. */
  readonly kind: 'genuine' | 'mended' | 'unsigned' | 'other_key' | 'altered';
  /** The key that made the signature. */
  readonly key: Candidate | undefined;
  readonly causes: readonly Cause[];
  /** What else is odd, found without any key. */
  readonly suspicions: readonly string[];
}

export function diagnose(patient: Patient, candidates: readonly Candidate[], known: Suspicions): Diagnosis {
  const readings = readingsOf(patient.body);
  const suspicions = suspicionsOf(patient, readings[0]?.pairs, known);
  if (readings.length === 0) return { kind: 'unsigned', key: undefined, causes: [], suspicions };
  const openings = readings.flatMap((reading) => openingsOf(reading, candidates));
  const mended = mend(openings, patient);
  if (mended !== undefined) {
    const causes = joined([...keyCauses(mended.opening.key, candidates), ...mended.causes]);
    return { kind: causes.length === 0 ? 'genuine' : 'mended', key: mended.opening.key, causes, suspicions };
  }
  const [first] = openings;
  if (first === undefined) return { kind: 'other_key', key: undefined, causes: keyMixUp(candidates), suspicions };
  return { kind: 'altered', key: first.key, causes: keyCauses(first.key, candidates), suspicions };
}

/** A reading of the message whose signature a key of ours opens. */
interface Opening {
  readonly pairs: Pairs;
  readonly key: Candidate;
  readonly opened: Opened;
  /** What this way to read it takes for granted. */
  readonly causes: readonly Cause[];
}

function openingsOf({ pairs, cause: read }: Reading, candidates: readonly Candidate[]): Opening[] {
  return signsOf(fieldOf(pairs, 'sign') ?? '').flatMap(({ signature, cause: signRead }) =>
    candidates.flatMap((key) => {
      const opened = openSignature(signature, key.key);
      const causes = [read, signRead].filter((cause) => cause !== undefined);
      return opened === undefined ? [] : [{ pairs, key, opened, causes }];
    }),
  );
}

const MOST_AT_ONCE = 3;

/** What explains the message with the fewest causes. */
function mend(openings: readonly Opening[], around: Surroundings) {
  const search = { around, triesLeft: MAX_TRIES };
  for (let all = 0; all <= MOST_AT_ONCE + 1; all++)
    for (const opening of openings) {
      const depth = all - opening.causes.length;
      if (depth < 0 || depth > MOST_AT_ONCE) continue;
      const found = findRepairs(search, { pairs: opening.pairs, opened: opening.opened, depth });
      if (found !== undefined)
        return { opening, causes: [...opening.causes, ...formCauses(opening.opened, found.form), ...found.causes] };
    }
  return undefined;
}

/** Two with one remedy are one. */
function joined(causes: readonly Cause[]): readonly Cause[] {
  const byFix = Map.groupBy(causes, ({ fix }) => fix);
  return [...byFix].map(([fix, same]) => ({ what: same.map(({ what }) => what).join('; '), fix }));
}

/** Why the gateway, which verifies with the configured key, does not find what the doctor found. */
function keyCauses({ role, label, key }: Candidate, candidates: readonly Candidate[]): readonly Cause[] {
  if (role === 'configured') return [];
  if (role === 'own')
    return [
      {
        what: "it is signed with your own application's private key: Alipay did not send it",
        fix: 'whoever made this message (a test script?) holds your private key; a real one is signed by Alipay',
      },
    ];
  const configured = candidates.find((one) => one.role === 'configured');
  if (configured === undefined) return [];
  return [
    ...keyMixUp(candidates),
    {
      what: `the key that made the signature is ${label}, not ${configured.label}`,
      fix: `put this key into ${configured.label} (SHA-256 of it: ${fingerprintOf(key)})`,
    },
  ];
}

/** The classic: the open platform shows two public keys, and the wrong one was copied. */
function keyMixUp(candidates: readonly Candidate[]): readonly Cause[] {
  const own = candidates.find(({ role }) => role === 'own');
  const configured = candidates.find(({ role }) => role === 'configured');
  if (own === undefined || configured === undefined || !own.key.equals(configured.key)) return [];
  return [
    {
      what: `${configured.label} is your application's own public key; Alipay's belongs there`,
      fix: 'open platform, your application, "interface signing method": copy the Alipay public key (支付宝公钥), not the application public key (应用公钥)',
    },
  ];
}

function formCauses({ algorithm }: Opened, form: 'V1' | 'V2'): Cause[] {
  const causes: Cause[] = [];
  if (algorithm === 'sha1')
    causes.push({
      what: 'it is signed with RSA (SHA-1) in place of RSA2 (SHA-256), which Kassa refuses',
      fix: 'set the signing method of the application to RSA2 at the open platform, and sign orders with sign_type=RSA2',
    });
  if (form === 'V2')
    causes.push({
      what: 'sign_type is kept in what is signed: the manner of service-window messages, not of trades',
      fix: 'this is no notification of a trade; for one, leave sign and sign_type out of what is verified',
    });
  return causes;
}
