import type { GatewayTime } from '../alipay/doctor/gateway-time.ts';
import type { Config, VariableState } from '../config.ts';
import { type Finding, ok, warning, wrong } from '../finding.ts';
import type { Inspected } from '../postgres/inspect.ts';
import { type Command, noWords } from './command.ts';
import { type AppsSeen, checkApps, type KeptApps } from './doctor-apps.ts';
import { checkDatabases } from './doctor-database.ts';
import { countOf, exitOf, sayFindings } from './findings.ts';
import { checkClocks } from './gateway-clock.ts';
import { checkNotifyUrl } from './notify-url.ts';

const HELP = `Checks the whole configuration, from the environment as the gateway reads it: every variable, the keys (that they
pair and are not swapped), certificates, the clock, the address that Alipay notifies, the database; and what lies behind:
the apps in the database that are not suspended (that their secrets open under SECRET_KEY, their keys and certificates), the
broker, the issuer's keys. One line a check: ok, warning, or WRONG with what to do; one line for all apps that are in
order, and one for each that is not. Nothing is changed, and no secret is shown.

Asks the hosts of Alipay's gateways for the time, the database for its version and apps, AMQP_URL for a connection and
JWT_JWKS_URL for its keys; works without any of them, and waits a few seconds for each at most.
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
  readonly openApps: (config: Config) => Promise<KeptApps>;
  readonly checkBroker: (url: string) => Promise<Finding>;
  readonly checkIssuer: (settings: NonNullable<Config['accessTokens']>) => Promise<Finding>;
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
  const unset = variables.filter(({ from }) => from === 'default').length;
  return [
    ...findings,
    ok('defaults', `${unset} other variables keep their defaults`),
    ...(await lookBehind(needs, config)),
  ];
}

/** What the variables lead to. Everything is asked at the same time: what is away keeps nothing else waiting. */
async function lookBehind(needs: DoctorNeeds, config: Config): Promise<readonly Finding[]> {
  const { alipay, amqpUrl, accessTokens } = config;
  const [account, stores, broker, issuer] = await Promise.all([
    alipay && needs.checkAccount(alipay),
    lookAtStores(needs, config),
    amqpUrl === undefined ? [] : needs.checkBroker(amqpUrl),
    accessTokens === undefined ? [] : needs.checkIssuer(accessTokens),
  ]);
  return [
    ...(account ?? [ok('Alipay', 'none is set: the built-in sandbox, play money')]),
    checkNotifyUrl(config.publicUrl, alipay === undefined),
    ...stores,
    ...[broker, issuer].flat(),
  ];
}

/** The apps say which hosts to ask for the time. */
async function lookAtStores(needs: DoctorNeeds, config: Config): Promise<readonly Finding[]> {
  const database = await checkDatabases(needs.inspectDatabase, config);
  const apps: AppsSeen = database.readable
    ? await checkApps(() => needs.openApps(config))
    : { findings: [], gateways: [] };
  const gateways = [...(config.alipay === undefined ? [] : [config.alipay.gateway]), ...apps.gateways];
  const clocks = await checkClocks(gateways, needs.gatewayTime);
  return [...clocks, ...database.findings, ...apps.findings];
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
