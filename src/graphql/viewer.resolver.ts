import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { toTypeId } from '../ids.ts';
import type { Scope } from '../merchants/scopes.ts';
import { ScopeEnum } from './api-key.types.ts';
import { type Context, forbidden } from './context.ts';
import { make } from './make.ts';

@ObjectType({ simpleResolvers: true })
export class Viewer {
  @Field(() => ID, { description: 'mer_…, as access tokens name it in kassa_merchant.' })
  merchantId!: string;

  @Field(() => [ScopeEnum], { description: "Empty for a terminal's credential." })
  scopes!: Scope[];

  @Field(() => String, { nullable: true })
  terminalId!: string | null;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Whose the credential is, and what it may do.' })
  viewer(@Ctx() { caller }: Context): Viewer {
    if (caller.kind === 'client') throw forbidden('This credential opens one order only.');
    const merchantId = toTypeId('mer', caller.merchantId);
    return caller.kind === 'terminal'
      ? make(Viewer, { merchantId, scopes: [], terminalId: caller.terminalId })
      : make(Viewer, { merchantId, scopes: [...caller.scopes], terminalId: null });
  }
}
