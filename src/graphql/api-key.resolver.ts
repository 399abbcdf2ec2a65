import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { fromTypeId, toTypeId } from '../ids.ts';
import type { ApiKey } from '../merchants/api-key.ts';
import { createKey, type KeyMade, type ManageKeysNeeds, revokeKey, rotateKey } from '../merchants/manage-keys.ts';
import {
  ApiKeyLimit,
  ApiKeyNotFound,
  ApiKeySecret,
  ApiKeyType,
  CreateApiKeyInput,
  CreateApiKeyResult,
  RevokeApiKeyResult,
  RotateApiKeyInput,
  RotateApiKeyResult,
} from './api-key.types.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { InvalidInput } from './error.types.ts';
import { make } from './make.ts';
import { presentHeld } from './present-operation.ts';
import { NOBODY } from './webhook.resolver.ts';

const A_DAY_SECONDS = 86_400;

@Resolver()
export class ApiKeyResolver {
  readonly #needs: ManageKeysNeeds;

  constructor(needs: ManageKeysNeeds) {
    this.#needs = needs;
  }

  @Query(() => [ApiKeyType], { description: 'Newest first, also those that are not valid any more.' })
  async apiKeys(@Ctx() context: Context): Promise<ApiKeyType[]> {
    return (await this.#needs.apiKeys.list(merchantOf(context, 'admin'))).map(present);
  }

  @Mutation(() => CreateApiKeyResult, { description: 'Answers the key, which is never shown again.' })
  async createApiKey(
    @Arg('input', () => CreateApiKeyInput) { label, scopes, terminalId, expiresAt }: CreateApiKeyInput,
    @Ctx() context: Context,
  ): Promise<typeof CreateApiKeyResult> {
    const caller = callerWith(context, 'admin');
    const asked = { label, scopes: scopes ?? [], terminalId: terminalId ?? null, expiresAt: expiresAt ?? null };
    const made = await createKey(this.#needs, caller, asked);
    switch (made.kind) {
      case 'key':
        return presentSecret(made);
      case 'api_key_limit':
        return make(ApiKeyLimit, { code: 'API_KEY_LIMIT', message: `At most ${made.most} keys are valid at a time` });
      case 'confirmation_required':
        return presentHeld(made, context);
      case 'invalid_input':
        return make(InvalidInput, { code: 'INVALID_INPUT', field: made.field, message: made.message });
    }
  }

  @Mutation(() => RotateApiKeyResult, {
    description:
      'A new key that may do what this one may; both are valid for a while. Answers it, never to be shown again.',
  })
  async rotateApiKey(
    @Arg('input', () => RotateApiKeyInput) { id, overlapSeconds }: RotateApiKeyInput,
    @Ctx() context: Context,
  ): Promise<typeof RotateApiKeyResult> {
    const caller = callerWith(context, 'admin');
    const asked = { keyId: keyIdIn(id), overlapSeconds: overlapSeconds ?? A_DAY_SECONDS };
    const made = await rotateKey(this.#needs, caller, asked);
    switch (made.kind) {
      case 'key':
        return presentSecret(made);
      case 'api_key_not_found':
        return notFound();
      case 'confirmation_required':
        return presentHeld(made, context);
      case 'invalid_input':
        return make(InvalidInput, { code: 'INVALID_INPUT', field: made.field, message: made.message });
    }
  }

  @Mutation(() => RevokeApiKeyResult, {
    description: 'The key opens nothing from now on, and its open sockets are closed, within five seconds.',
  })
  async revokeApiKey(@Arg('id', () => ID) id: string, @Ctx() context: Context): Promise<typeof RevokeApiKeyResult> {
    const revoked = await revokeKey(this.#needs, callerWith(context, 'admin'), keyIdIn(id));
    switch (revoked.kind) {
      case 'revoked':
        return present(revoked.key);
      case 'api_key_not_found':
        return notFound();
      case 'confirmation_required':
        return presentHeld(revoked, context);
      case 'invalid_input':
        return make(InvalidInput, { code: 'INVALID_INPUT', field: revoked.field, message: revoked.message });
    }
  }
}

function keyIdIn(named: string): string {
  return fromTypeId('key', named) ?? NOBODY;
}

function notFound(): ApiKeyNotFound {
  return make(ApiKeyNotFound, { code: 'API_KEY_NOT_FOUND', message: 'There is no such valid API key' });
}

function presentSecret({ key, secret }: KeyMade): ApiKeySecret {
  return make(ApiKeySecret, { secret, apiKey: present(key) });
}

function present({ id, label, prefix, scopes, terminalId, createdAt, expiresAt, revokedAt, lastUsedAt }: ApiKey) {
  const times = { createdAt, expiresAt, revokedAt, lastUsedAt };
  return make(ApiKeyType, { id: toTypeId('key', id), label, prefix, scopes: [...scopes], terminalId, ...times });
}
