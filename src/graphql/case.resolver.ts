import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromTypeId } from '../ids.ts';
import { secondPerson } from '../merchants/second-person.ts';
import { type SetCasePolicyNeeds, setCasePolicy } from '../merchants/set-case-policy.ts';
import type { CasePolicy } from '../orders/case.ts';
import { type ResolveCaseNeeds, resolveCase } from '../orders/resolve-case.ts';
import { CaseFilter, ResolveCaseInput } from './case.types.ts';
import { CasePolicyEnum } from './case-enums.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { make } from './make.ts';
import { cursorOf, pageInfoOf, readPage } from './page.ts';
import { CaseConnection, CaseEdge } from './page.types.ts';
import { heldError } from './present-operation.ts';
import { presentCase } from './present-order.ts';
import { presentResolved } from './present-outcome.ts';
import { ResolveCaseResult } from './result.types.ts';

export type CaseNeeds = ResolveCaseNeeds & SetCasePolicyNeeds;

@Resolver()
export class CaseResolver {
  readonly #needs: CaseNeeds;

  constructor(needs: CaseNeeds) {
    this.#needs = needs;
  }

  @Query(() => CaseConnection, { description: 'Newest first. A page stays where it is when cases are added.' })
  async cases(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => CaseFilter, { nullable: true }) filter: CaseFilter | null,
    @Ctx() context: Context,
  ): Promise<CaseConnection> {
    const merchantId = merchantOf(context, 'cases:manage');
    const asked = readPage(first, after);
    const { state, kind } = filter ?? {};
    const page = { ...asked, state: state ?? undefined, kind: kind ?? undefined };
    const { cases, hasNextPage } = await context.reads.casePage(merchantId, page);
    const edges = cases.map((one) => make(CaseEdge, { cursor: cursorOf(one.id), node: presentCase(one) }));
    return make(CaseConnection, { edges, pageInfo: pageInfoOf(edges, { hasNextPage, asked }) });
  }

  @Query(() => CasePolicyEnum)
  casePolicy(@Ctx() context: Context): Promise<CasePolicy> {
    return this.#needs.settings.readCasePolicy(merchantOf(context, 'cases:manage'));
  }

  @Mutation(() => CasePolicyEnum, {
    description:
      'Goes for cases that are opened from now on. Where settings need a second person: the error CONFIRMATION_REQUIRED, with ' +
      'operationId and expiresAt in its extensions, unless it becomes HOLD.',
  })
  async setCasePolicy(
    @Arg('policy', () => CasePolicyEnum) policy: CasePolicy,
    @Ctx() context: Context,
  ): Promise<CasePolicy> {
    const set = await setCasePolicy(this.#needs, callerWith(context, 'cases:manage'), policy);
    if (set.kind === 'confirmation_required') throw heldError(set);
    return set.policy;
  }

  @Mutation(() => ResolveCaseResult)
  async resolveCase(
    @Arg('input', () => ResolveCaseInput) { caseId: named, decision, note = null }: ResolveCaseInput,
    @Ctx() context: Context,
  ): Promise<typeof ResolveCaseResult> {
    const caller = callerWith(context, 'cases:manage');
    const caseId = fromTypeId('case', named);
    if (caseId === undefined) return presentResolved({ kind: 'case_not_found' }, context);
    const summary = `Resolve the case ${named}: ${decision}`;
    const change = { kind: 'case', what: { caseId, decision }, summary } as const;
    const sure = secondPerson(this.#needs.confirmations, caller, change);
    const asked = { merchantId: caller.merchantId, caseId, decision, note, sure };
    return presentResolved(await resolveCase(this.#needs, asked), context);
  }
}
