import type { Config } from '../config.ts';
import { type Finding, ok, reasonOf, warning, wrong } from '../finding.ts';
import type { App, AppKeys } from '../merchants/app.ts';
import type { AppBook } from '../merchants/app-ports.ts';

type KeyedApp = App & { readonly keys: AppKeys };

/** The apps that lie in the database, and what it takes to look at them. */
export interface KeptApps {
  readonly apps: Pick<AppBook, 'changedSince' | 'read'>;
  /** Undefined: there is no SECRET_KEY, neither given nor kept. */
  readonly checkApp: ((app: KeyedApp) => Finding) | undefined;
  close(): Promise<void>;
}

export interface AppsSeen {
  readonly findings: readonly Finding[];
  /** Where the apps call. */
  readonly gateways: readonly string[];
}

/** Keys and certificates are long: so many apps at a time. */
const AT_A_TIME = 200;
/** One cause may spoil every app; who reads more of it learns no more. */
const MOST_LINES = 100;

/** All apps at work. Whatever keeps them from being read is a finding, too. */
export async function checkApps(open: () => Promise<KeptApps>): Promise<AppsSeen> {
  try {
    const kept = await open();
    return await lookAtAll(kept).finally(() => kept.close());
  } catch (error) {
    const fix = 'run it as the role of the gateway, and again when the database is not busy';
    return { findings: [warning('apps', `could not be looked at: ${reasonOf(error)}`, fix)], gateways: [] };
  }
}

/** Those of the environment have no keys here, and are looked at there. */
async function lookAtAll({ apps, checkApp }: KeptApps): Promise<AppsSeen> {
  const ids = (await apps.changedSince(null)).changed.map(({ appId }) => appId).sort();
  const gateways = new Set<string>();
  const odd: Finding[] = [];
  let seen = 0;
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    for (const app of (await apps.read(ids.slice(from, from + AT_A_TIME))).filter(isAtWork)) {
      seen += 1;
      gateways.add(app.keys.gateway);
      const finding = checkApp?.(app);
      if (finding !== undefined && finding.status !== 'ok') odd.push(finding);
    }
  }
  return {
    findings: checkApp === undefined && seen > 0 ? [noSecretKey(seen)] : said(seen, odd),
    gateways: [...gateways],
  };
}

function isAtWork(app: App): app is KeyedApp {
  return app.keys !== null && app.suspendedAt === null;
}

function said(seen: number, odd: readonly Finding[]): readonly Finding[] {
  if (seen === 0) return [ok('apps', 'none at work in the database beside that of ALI_*')];
  const sound = seen - odd.length;
  const gravest = [
    ...odd.filter(({ status }) => status === 'wrong'),
    ...odd.filter(({ status }) => status !== 'wrong'),
  ];
  const rest = gravest.slice(MOST_LINES);
  return [
    ...(sound > 0 ? [ok('apps', `${sound} of ${seen} in the database: secrets open, keys and certificates fit`)] : []),
    ...gravest.slice(0, MOST_LINES),
    ...(rest.length > 0 ? [andMore(rest)] : []),
  ];
}

function andMore(rest: readonly Finding[]): Finding {
  const bad = rest.filter(({ status }) => status === 'wrong').length;
  const says = `${rest.length} more are not in order, ${bad} of them wrong`;
  const fix = 'mend those above, and look again';
  return bad > 0 ? wrong('apps', says, fix) : warning('apps', says, fix);
}

function noSecretKey(seen: number): Finding {
  return wrong(
    'SECRET_KEY',
    `is not set, and the database keeps none: the secrets of ${seen} apps can't be opened`,
    'give the one that they were sealed under',
  );
}

/** Past a pooler, whose sessions are not ours to set up. */
export function urlOfApps({ databaseUrl, databaseDirectUrl }: Config): string {
  return databaseDirectUrl ?? databaseUrl ?? '';
}
