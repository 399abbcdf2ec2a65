// The one place of the command line that constructs adapters and hands them to the commands.
import { userInfo } from 'node:os';
import { configuredKeys, givenKey } from '../alipay/doctor/candidates.ts';
import { diagnose } from '../alipay/doctor/diagnose.ts';
import { gatewayTime } from '../alipay/doctor/gateway-time.ts';
import { readRequest } from '../alipay/doctor/read-request.ts';
import { generateAppKeys } from '../alipay/generate-keys.ts';
import { messageReader } from '../alipay/read-message.ts';
import { AlipaySettingsError } from '../alipay/settings-error.ts';
import { type Config, ConfigError, inspectVariables, readConfig } from '../config.ts';
import { fromTypeId, toTypeId } from '../ids.ts';
import { rolesSql } from '../postgres/roles-sql.ts';
import { appCommands } from './apps.ts';
import { appsRemove } from './apps-remove.ts';
import { audit } from './audit.ts';
import { type Command, UsageError } from './command.ts';
import { doctor } from './doctor.ts';
import { doctorNotify } from './doctor-notify.ts';
import type { KeyCommandNeeds } from './key-desk.ts';
import { keysCreate } from './keys-create.ts';
import { keysGenerate } from './keys-generate.ts';
import { keysList } from './keys-list.ts';
import { keysRevoke } from './keys-revoke.ts';
import { keysRotate } from './keys-rotate.ts';
import { merchantCommands } from './merchants.ts';
import { migrateCommand } from './migrate.ts';
import { roles } from './roles.ts';
import { secretsRotate } from './secrets-rotate.ts';
import { verify } from './verify.ts';

type Environment = Readonly<Record<string, string | undefined>>;

// Alipay's SDK and the database's packages take a second to load: only who needs them waits.
const account = () => import('../alipay/doctor/check-account.ts');
const books = () => import('./books.ts');
const register = () => import('./register.ts');
const broker = () => import('../broker/check-broker.ts');
const issuer = () => import('../credentials/check-issuer.ts');

/** Every command, in the order in which the help lists them. */
export function allCommands(env: Environment): readonly Command[] {
  const readMessage = messageReader();
  const apiKeys: KeyCommandNeeds = {
    openKeyDesk: async () => (await books()).openKeyDesk(env),
    user: userName,
    nameOf: toTypeId,
    idIn: fromTypeId,
  };
  const openRegister = async () => (await register()).openRegister(env);
  const registerNeeds = { openRegister, nameOf: toTypeId, idOf: fromTypeId };
  return [
    keysGenerate(generateAppKeys),
    keysList(apiKeys),
    keysCreate(apiKeys),
    keysRotate(apiKeys),
    keysRevoke(apiKeys),
    doctor({
      variables: () => inspectVariables(env),
      strange: () => strangeNames(env),
      config: () => configOr(env),
      checkAccount: async (settings) => (await account()).checkAccount(settings, new Date()),
      gatewayTime,
      inspectDatabase: async (url) => (await books()).inspectDatabase(url),
      openApps: async (config) => (await register()).openKeptApps(config),
      checkBroker: async (url) => (await broker()).checkBroker(url),
      checkIssuer: async (settings) => (await issuer()).checkIssuer(settings),
    }),
    doctorNotify({
      readRequest,
      diagnose,
      givenKey: (label, text, role) => orUsageError(() => givenKey(label, text, role)),
      configured: () => configuredAccount(env),
      findMessages: async (id) => (await books()).findKeptMessages(env, id),
    }),
    verify(readMessage),
    audit({ openBooks: async () => (await books()).openBooks(env), readMessage, nameOf: toTypeId }),
    migrateCommand(async () => (await books()).runMigrations(env)),
    roles(rolesSql),
    ...merchantCommands(registerNeeds),
    ...appCommands(registerNeeds),
    appsRemove(registerNeeds),
    secretsRotate(registerNeeds),
  ];
}

/** In a container the user may be a number without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

function configOr(env: Environment): Config | string {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** `ALI_PUBLICKEY` would be left unread without a word. */
function strangeNames(env: Environment): readonly string[] {
  const known = inspectVariables(env).flatMap(({ name }) => [name, `${name}_FILE`]);
  return Object.keys(env).filter((name) => name.startsWith('ALI_') && !known.includes(name));
}

function configuredAccount(env: Environment) {
  const { alipay } = readConfig(env);
  return alipay && { appId: alipay.appId, keys: configuredKeys(alipay) };
}

function orUsageError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof AlipaySettingsError) throw new UsageError(error.message);
    throw error;
  }
}
