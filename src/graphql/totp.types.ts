import { createUnionType, Field, ObjectType } from 'type-graphql';
import { ConfirmationInvalid, ConfirmationRequired } from './operation.types.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'For an authenticator app. Counts once activateTotp has had a code of it.',
})
export class TotpEnrolment {
  @Field(() => String, { description: 'Base32, shown here and never again.' })
  secret!: string;

  @Field(() => String, { description: 'otpauth://…, for a QR code.' })
  url!: string;
}

@ObjectType({ simpleResolvers: true })
export class TotpActivated {
  @Field(() => Boolean)
  active!: boolean;
}

export const EnrolTotpResult = createUnionType({
  name: 'EnrolTotpResult',
  types: () => [TotpEnrolment, ConfirmationRequired, ConfirmationInvalid] as const,
});

export const ActivateTotpResult = createUnionType({
  name: 'ActivateTotpResult',
  types: () => [TotpActivated, ConfirmationInvalid] as const,
});
