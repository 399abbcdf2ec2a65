import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromTypeId, toTypeId } from '../ids.ts';
import {
  createMerchant,
  type ManageMerchantsNeeds,
  type MerchantOutcome,
  setMerchantSuspended,
} from '../merchants/manage-merchants.ts';
import type { Merchant } from '../merchants/merchant.ts';
import { badInput } from './bad-input.ts';
import { type Context, callerWith, forbidden } from './context.ts';
import { InvalidInput } from './error.types.ts';
import { make } from './make.ts';
import {
  CreateMerchantResult,
  MerchantCreated,
  MerchantNotFound,
  MerchantResult,
  MerchantType,
} from './merchant.types.ts';
import { NOBODY } from './webhook.resolver.ts';

const MOST_LISTED = 100;

/** For administrators of the installation's own merchant only. */
@Resolver()
export class MerchantResolver {
  readonly #needs: ManageMerchantsNeeds;

  constructor(needs: ManageMerchantsNeeds) {
    this.#needs = needs;
  }

  @Query(() => [MerchantType], { description: 'Oldest first; `after` is the id of the last one seen.' })
  async merchants(
    @Arg('first', () => Int, { nullable: true, defaultValue: MOST_LISTED }) first: number | null,
    @Arg('after', () => ID, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<MerchantType[]> {
    this.#operator(context);
    const most = first ?? MOST_LISTED;
    if (most < 1 || most > MOST_LISTED) throw badInput(`first must be from 1 to ${MOST_LISTED}`);
    const page = { first: most, after: after === null || after === undefined ? null : idIn(after) };
    return (await this.#needs.merchants.list(page)).map(present);
  }

  @Mutation(() => CreateMerchantResult, { description: 'Answers its first API key, which is never shown again.' })
  async createMerchant(
    @Arg('name', () => String) name: string,
    @Ctx() context: Context,
  ): Promise<typeof CreateMerchantResult> {
    const made = await createMerchant(this.#needs, { name, actor: this.#operator(context) });
    return made.kind === 'made'
      ? make(MerchantCreated, { merchant: present(made.merchant), secret: made.secret })
      : make(InvalidInput, { code: 'INVALID_INPUT', field: made.field, message: made.message });
  }

  @Mutation(() => MerchantResult, {
    description:
      'Within five seconds its credentials open nothing on any replica. Alipay is still heard, and what is open goes on to its end.',
  })
  async suspendMerchant(@Arg('id', () => ID) named: string, @Ctx() context: Context): Promise<typeof MerchantResult> {
    return this.#suspend(context, { id: idIn(named), suspended: true });
  }

  @Mutation(() => MerchantResult)
  async resumeMerchant(@Arg('id', () => ID) named: string, @Ctx() context: Context): Promise<typeof MerchantResult> {
    return this.#suspend(context, { id: idIn(named), suspended: false });
  }

  async #suspend(context: Context, asked: { id: string; suspended: boolean }): Promise<typeof MerchantResult> {
    return presentOutcome(await setMerchantSuspended(this.#needs, { ...asked, actor: this.#operator(context) }));
  }

  /** Who asks, if it may administer the installation. */
  #operator(context: Context): string {
    const { merchantId, keyId } = callerWith(context, 'admin');
    if (merchantId === this.#needs.ownerId) return keyId;
    throw forbidden("Only administrators of the installation's own merchant manage merchants.");
  }
}

function idIn(named: string): string {
  return fromTypeId('mer', named) ?? NOBODY;
}

function presentOutcome(outcome: MerchantOutcome): typeof MerchantResult {
  switch (outcome.kind) {
    case 'merchant':
      return present(outcome.merchant);
    case 'merchant_not_found':
      return make(MerchantNotFound, { code: 'MERCHANT_NOT_FOUND', message: 'There is no such merchant' });
    case 'invalid_input':
      return make(InvalidInput, { code: 'INVALID_INPUT', field: outcome.field, message: outcome.message });
  }
}

function present({ id, name, createdAt, suspendedAt }: Merchant): MerchantType {
  return make(MerchantType, { id: toTypeId('mer', id), name, createdAt, suspendedAt });
}
