import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { App } from '../merchants/app.ts';
import type { MerchantCaller } from '../merchants/caller.ts';
import {
  type Administrator,
  type AppOutcome,
  addApp,
  type ManageAppsNeeds,
  setAppSuspended,
} from '../merchants/manage-apps.ts';
import { updateApp } from '../merchants/update-app.ts';
import { AddAppInput, AlipayApp, AppLimit, AppNotFound, AppResult, UpdateAppInput } from './app.types.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { InvalidInput } from './error.types.ts';
import { make } from './make.ts';
import { presentHeld } from './present-operation.ts';

@Resolver()
export class AppResolver {
  readonly #needs: ManageAppsNeeds;

  constructor(needs: ManageAppsNeeds) {
    this.#needs = needs;
  }

  @Query(() => [AlipayApp], {
    description: 'Newest first. New orders are made through the first that is not suspended.',
  })
  async apps(@Ctx() context: Context): Promise<AlipayApp[]> {
    return (await this.#needs.apps.list(merchantOf(context, 'admin'))).map(presentApp);
  }

  @Mutation(() => AppResult, {
    description:
      "The merchant's new orders are made through it from now on. One that ALI_* named before gets its keys here and is suspended: its orders are looked after again.",
  })
  async addApp(
    @Arg('input', () => AddAppInput) input: AddAppInput,
    @Ctx() context: Context,
  ): Promise<typeof AppResult> {
    const { appId, sellerId, privateKey, gateway, alipayPublicKey, appCert, alipayCert, rootCert } = input;
    const asked = {
      appId,
      sellerId,
      privateKey,
      gateway: gateway ?? null,
      alipayPublicKey: alipayPublicKey ?? null,
      appCert: appCert ?? null,
      alipayCert: alipayCert ?? null,
      rootCert: rootCert ?? null,
      providerAppId: input.providerAppId ?? null,
      appAuthToken: input.appAuthToken ?? null,
    };
    return present(await addApp(this.#needs, administrator(callerWith(context, 'admin')), asked), context);
  }

  @Mutation(() => AppResult, {
    description:
      "Exchanges keys: Alipay's next one is added first, and the one before dropped when it is not used any more.",
  })
  async updateApp(
    @Arg('input', () => UpdateAppInput) input: UpdateAppInput,
    @Ctx() context: Context,
  ): Promise<typeof AppResult> {
    return present(await updateApp(this.#needs, administrator(callerWith(context, 'admin')), { ...input }), context);
  }

  @Mutation(() => AppResult, { description: 'It makes no new orders; those that are open go on to their end.' })
  async suspendApp(@Arg('appId', () => ID) appId: string, @Ctx() context: Context): Promise<typeof AppResult> {
    return this.#suspend(context, { appId, suspended: true });
  }

  @Mutation(() => AppResult)
  async resumeApp(@Arg('appId', () => ID) appId: string, @Ctx() context: Context): Promise<typeof AppResult> {
    return this.#suspend(context, { appId, suspended: false });
  }

  async #suspend(context: Context, asked: { appId: string; suspended: boolean }): Promise<typeof AppResult> {
    return present(await setAppSuspended(this.#needs, administrator(callerWith(context, 'admin')), asked), context);
  }
}

function administrator({ merchantId, keyId }: MerchantCaller): Administrator {
  return { merchantId, actor: keyId };
}

function present(outcome: AppOutcome, context: Context): typeof AppResult {
  switch (outcome.kind) {
    case 'app':
      return presentApp(outcome.app);
    case 'confirmation_required':
      return presentHeld(outcome, context);
    case 'app_not_found':
      return make(AppNotFound, { code: 'APP_NOT_FOUND', message: 'The merchant has no such app' });
    case 'app_limit':
      return make(AppLimit, { code: 'APP_LIMIT', message: `A merchant has at most ${outcome.most} apps` });
    case 'invalid_input':
      return make(InvalidInput, { code: 'INVALID_INPUT', field: outcome.field, message: outcome.message });
  }
}

function presentApp({ appId, providerAppId, sellerId, keys, createdAt, suspendedAt }: App): AlipayApp {
  return make(AlipayApp, {
    appId,
    providerAppId,
    sellerId,
    fromEnvironment: keys === null,
    gateway: keys?.gateway ?? null,
    mode: keys && (keys.appCert === null ? 'KEY' : 'CERTIFICATE'),
    keyFingerprint: keys?.keyId ?? null,
    alipayKeyFingerprints: keys?.alipayKeys.map(({ id }) => id) ?? [],
    certificatesValidUntil: keys?.validUntil ?? null,
    createdAt,
    suspendedAt,
  });
}
