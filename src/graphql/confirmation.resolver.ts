import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromTypeId } from '../ids.ts';
import { type ConfirmNeeds, confirmOperation, kindsFor } from '../merchants/confirm-operation.ts';
import type { Scope } from '../merchants/scopes.ts';
import { type SecondPersonNeeds, secondPerson } from '../merchants/second-person.ts';
import { activateTotp, enrolment, enrolTotp } from '../merchants/totp.ts';
import { type Context, callerWithOne, deciderIn } from './context.ts';
import { make } from './make.ts';
import {
  ConfirmOperationInput,
  ConfirmOperationResult,
  OperationConnection,
  OperationEdge,
} from './operation.types.ts';
import { cursorOf, pageInfoOf, readPage } from './page.ts';
import { presentConfirmed, presentHeld, presentInvalidConfirmation, presentOperation } from './present-operation.ts';
import { ActivateTotpResult, EnrolTotpResult, TotpActivated, TotpEnrolment } from './totp.types.ts';
import { NOBODY } from './webhook.resolver.ts';

export type ConfirmationNeeds = ConfirmNeeds & SecondPersonNeeds;

/** Money with the one, settings with the other. */
const CHECKERS: readonly Scope[] = ['refunds:confirm', 'admin'];

@Resolver()
export class ConfirmationResolver {
  readonly #needs: ConfirmationNeeds;

  constructor(needs: ConfirmationNeeds) {
    this.#needs = needs;
  }

  @Query(() => OperationConnection, {
    description: 'What waits for a second person and this credential may decide about, newest first.',
  })
  async operations(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<OperationConnection> {
    const { merchantId, scopes } = callerWithOne(context, CHECKERS);
    const asked = readPage(first, after);
    const now = context.clock.now();
    const page = await this.#needs.operations.page(merchantId, { ...asked, kinds: kindsFor(scopes), now });
    const edges = page.operations.map((one) =>
      make(OperationEdge, { cursor: cursorOf(one.id), node: presentOperation(one) }),
    );
    return make(OperationConnection, { edges, pageInfo: pageInfoOf(edges, { ...page, asked }) });
  }

  @Mutation(() => ConfirmOperationResult, {
    description:
      'Approves or turns down what somebody else has asked for. A refund answers itself, an undo its order; anything else ' +
      'is done when whoever asked for it asks again. Whoever asked may take it back (REJECT), whatever its scopes.',
  })
  async confirmOperation(
    @Arg('input', () => ConfirmOperationInput) { operationId, decision, code }: ConfirmOperationInput,
    @Ctx() context: Context,
  ): Promise<typeof ConfirmOperationResult> {
    const caller = decision === 'REJECT' ? deciderIn(context) : callerWithOne(context, CHECKERS);
    const asked = {
      operationId: fromTypeId('op', operationId) ?? NOBODY,
      approve: decision === 'APPROVE',
      code: code ?? null,
    };
    return presentConfirmed(await confirmOperation(this.#needs, caller, asked), context);
  }

  @Mutation(() => EnrolTotpResult, {
    description:
      'A secret for one-time codes of this credential. Replacing one that counts takes a code of it, or a second person.',
  })
  async enrolTotp(
    @Arg('code', () => String, { nullable: true }) code: string | null | undefined,
    @Ctx() context: Context,
  ): Promise<typeof EnrolTotpResult> {
    const caller = callerWithOne(context, CHECKERS);
    const sure = (replaces: boolean) => secondPerson(this.#needs, caller, enrolment(caller, replaces));
    const enrolled = await enrolTotp(this.#needs, caller, { code: code ?? null, sure });
    switch (enrolled.kind) {
      case 'totp':
        return make(TotpEnrolment, { secret: enrolled.secret, url: enrolled.url });
      case 'confirmation_required':
        return presentHeld(enrolled, context);
      case 'confirmation_invalid':
        return presentInvalidConfirmation(enrolled);
    }
  }

  @Mutation(() => ActivateTotpResult, { description: 'The first code of the secret that enrolTotp has given.' })
  async activateTotp(
    @Arg('code', () => String) code: string,
    @Ctx() context: Context,
  ): Promise<typeof ActivateTotpResult> {
    const activated = await activateTotp(this.#needs, callerWithOne(context, CHECKERS), code);
    return activated.kind === 'totp_active'
      ? make(TotpActivated, { active: true })
      : presentInvalidConfirmation(activated);
  }
}
