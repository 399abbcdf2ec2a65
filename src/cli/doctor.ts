import type { GatewayTime } from '../alipay/doctor/gateway-time.ts';
import type { Config, VariableState } from '../config.ts';
import { type Finding, ok, warning, wrong } from '../finding.ts';
import type { Inspected } from '../postgres/inspect.ts';
import { type Command, noWords } from './command.ts';
import { countOf, exitOf, sayFindings } from './findings.ts';
import { checkNotifyUrl } from './notify-url.ts';

const HELP = `Checks the whole configuration, from the environment as the gateway reads it: every variable, the keys (that they
pair and are not swapped), certificates, the clock, the address that Alipay notifies, the database. One line a check:
ok, warning, or WRONG with what to do. Nothing is changed, and no secret is shown.

Asks the host of ALI_GATEWAY for the time and the database for its version; works without either.
A notification that does not verify: kassa doctor notify --help`;

export interface DoctorNeeds {
  readonly variables: () => readonly VariableState[];
  /** Names in the environment that look like ours and are not. */
  readonly strange: () => readonly string[];
  /** The configuration, or what is wrong with it, a line a fault. */
  readonly config: () => Config | string;
  readonly checkAccount: (settings: NonNullable<Config['alipay']>) => Promise<readonly Finding[]>;
  readonly gatewayTime: (gateway: string) => Promise<GatewayTime>;
  readonly inspectDatabase: (url: string) => Promise<Inspected>;
}

export function doctor(needs: DoctorNeeds): Command {
  return {
    name: 'doctor',
    takes: '',
    summary: 'check the whole configuration',
    help: HELP,
    options: {},
    async run(asked, terminal) {
      noWords(asked);
      const findings = await examine(needs);
      sayFindings(terminal, findings);
      const [bad, odd] = [countOf(findings, 'wrong'), countOf(findings, 'warning')];
      terminal.say(`\n${findings.length} checks: ${bad} wrong, ${odd} warnings.`);
      return exitOf(findings);
    },
  };
}

async function examine(needs: DoctorNeeds): Promise<readonly Finding[]> {
  const variables = needs.variables();
  const findings = [...variables.flatMap(checkVariable), ...needs.strange().map(strangeVariable)];
  const config = needs.config();
  if (typeof config === 'string') {
    const told = new Set(variables.flatMap(({ fault }) => fault?.split('\n') ?? []));
    const untold = config.split('\n').filter((line) => !told.has(line));
    return [
      ...findings,
      ...untold.map((line) => wrong('configuration', line, 'correct it: the gateway would not start')),
    ];
  }
  const { alipay } = config;
  return [
    ...findings,
    ok('defaults', `${variables.filter(({ from }) => from === 'default').length} other variables keep their defaults`),
    ...(alipay === undefined
      ? [ok('Alipay', 'none is set: the built-in sandbox, play money')]
      : await needs.checkAccount(alipay)),
    checkNotifyUrl(config.publicUrl, alipay === undefined),
    ...(alipay === undefined ? [] : [checkClock(alipay.gateway, await needs.gatewayTime(alipay.gateway))]),
    ...(await checkDatabases(needs, config)),
  ];
}

function checkVariable({ name, from, fault, warning: open }: VariableState): Finding[] {
  if (fault !== undefined) return [wrong(name, fault, `correct ${name}`)];
  if (from === 'default') return [];
  if (open !== undefined) return [warning(name, open, 'see who may read it')];
  return [ok(name, from === 'file' ? `set, from the file that ${name}_FILE names` : 'set')];
}

function strangeVariable(name: string): Finding {
  return warning(name, 'is set, but is no variable of Kassa: misspelt?', 'see .env.example for all of them');
}

/** Money that seems to be paid before its order was made, by more than 3 s, becomes a case. */
const TOLERATED_MS = 3_000;
/** Alipay refuses calls that are some minutes off. */
const REFUSED_MS = 60_000;

function checkClock(gateway: string, time: GatewayTime): Finding {
  const host = new URL(gateway).hostname;
  if (time.kind === 'unknown')
    return warning(
      'clock',
      `unknown: ${host} does not tell the time (${time.reason})`,
      'see that this machine may reach it, and that its clock is kept by NTP',
    );
  const aheadMs = Math.max(0, Math.abs(time.aheadMs) - time.uncertainMs);
  const says = `${(Math.abs(time.aheadMs) / 1_000).toFixed(1)} s ${time.aheadMs < 0 ? 'behind' : 'ahead of'} ${host} (± ${(time.uncertainMs / 1_000).toFixed(1)} s)`;
  if (aheadMs > REFUSED_MS)
    return wrong('clock', says, 'set the clock (NTP): Alipay refuses calls with a wrong timestamp');
  return aheadMs > TOLERATED_MS ? warning('clock', says, 'set the clock (NTP)') : ok('clock', says);
}

async function checkDatabases(
  needs: DoctorNeeds,
  { databaseUrl, databaseDirectUrl, dataDir, production }: Config,
): Promise<Finding[]> {
  if (databaseUrl === undefined) {
    const says = `embedded PostgreSQL in ${dataDir}`;
    return [
      production ? warning('DATABASE_URL', says, 'name a PostgreSQL that is backed up') : ok('DATABASE_URL', says),
    ];
  }
  const direct = databaseDirectUrl === undefined || databaseDirectUrl === databaseUrl ? [] : [databaseDirectUrl];
  const urls = [['DATABASE_URL', databaseUrl], ...direct.map((url) => ['DATABASE_DIRECT_URL', url])] as const;
  const found = await Promise.all(
    urls.map(async ([name = '', url = '']) => ({ name, state: await needs.inspectDatabase(url) })),
  );
  return found.flatMap(({ name, state }) => checkDatabase(name, state));
}

const LEAST_VERSION = 150_000;

function checkDatabase(name: string, state: Inspected): Finding[] {
  if (state.kind === 'unreachable')
    return [wrong(name, `does not answer: ${state.reason}`, 'see host, port, user, password and TLS')];
  const { version, user, pending, unknown, mayRewrite } = state;
  const said = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} as ${user}`;
  return [
    version < LEAST_VERSION ? wrong(name, `${said}; 15 or later is needed`, 'upgrade PostgreSQL') : ok(name, said),
    ...(unknown.length > 0
      ? [wrong(name, `was migrated by a newer Kassa (${unknown.join(', ')})`, 'run that version, or a later one')]
      : []),
    pending.length > 0
      ? warning(
          name,
          `migrations to run: ${pending.join(', ')}`,
          'the gateway runs them at its start, or: npx kassa migrate',
        )
      : ok(name, 'all migrations are in'),
    ...(mayRewrite && name === 'DATABASE_URL'
      ? [warning(name, `${user} could rewrite history`, 'give each job its own role: npx kassa roles --help')]
      : []),
  ];
}
