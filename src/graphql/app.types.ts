import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Names } from './enums.ts';
import { ErrorResult, InvalidInput } from './error.types.ts';
import { ConfirmationRequired } from './operation.types.ts';
import { DateTimeScalar } from './scalars.ts';

export type AppMode = 'KEY' | 'CERTIFICATE';

export const AppModeEnum: Names<AppMode> = { KEY: 'KEY', CERTIFICATE: 'CERTIFICATE' };
registerEnumType(AppModeEnum, { name: 'AppMode' });

@ObjectType({ simpleResolvers: true, description: 'An app at Alipay. Its secrets are never shown.' })
export class AlipayApp {
  @Field(() => ID)
  appId!: string;

  @Field(() => String, { nullable: true, description: "The service provider's app that signs in its place." })
  providerAppId!: string | null;

  @Field(() => String, { nullable: true })
  sellerId!: string | null;

  @Field(() => Boolean, { description: 'Its keys come from ALI_* and are changed there; they are not shown here.' })
  fromEnvironment!: boolean;

  @Field(() => String, { nullable: true })
  gateway!: string | null;

  @Field(() => AppModeEnum, { nullable: true })
  mode!: AppMode | null;

  @Field(() => String, { nullable: true, description: "SHA-256 of the private key's public half, which Alipay has." })
  keyFingerprint!: string | null;

  @Field(() => [String], {
    description: "Of Alipay's keys that are believed: two while one is exchanged, the newest first.",
  })
  alipayKeyFingerprints!: string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the first of its certificates ends.' })
  certificatesValidUntil!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  createdAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it makes no new orders.' })
  suspendedAt!: Date | null;
}

@InputType({
  description: 'Key mode takes alipayPublicKey, certificate mode all three certificates. PEM or bare Base64.',
})
export class AddAppInput {
  @Field(() => ID, { description: "Alipay's id of the app; with a service provider the merchant's own." })
  appId!: string;

  @Field(() => String, { description: 'The 16 digits of the seller id (PID) that collects.' })
  sellerId!: string;

  @Field(() => String, { nullable: true, description: "Alipay's address; the installation's own unless given." })
  gateway?: string | null;

  @Field(() => String)
  privateKey!: string;

  @Field(() => String, { nullable: true })
  alipayPublicKey?: string | null;

  @Field(() => String, { nullable: true })
  appCert?: string | null;

  @Field(() => String, { nullable: true })
  alipayCert?: string | null;

  @Field(() => String, { nullable: true })
  rootCert?: string | null;

  @Field(() => String, { nullable: true, description: "A service provider's app that signs, with its privateKey." })
  providerAppId?: string | null;

  @Field(() => String, { nullable: true, description: 'The authorisation that the merchant gave the provider.' })
  appAuthToken?: string | null;
}

@InputType({ description: 'What is not given stays.' })
export class UpdateAppInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => String, { nullable: true })
  gateway?: string | null;

  @Field(() => String, { nullable: true })
  privateKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Believed from now on, beside the one that is there.' })
  addAlipayPublicKey?: string | null;

  @Field(() => String, { nullable: true, description: 'The same in certificate mode.' })
  addAlipayCert?: string | null;

  @Field(() => String, { nullable: true, description: 'Fingerprint of the one that is believed no more.' })
  dropAlipayKey?: string | null;

  @Field(() => String, { nullable: true })
  appCert?: string | null;

  @Field(() => String, { nullable: true })
  rootCert?: string | null;

  @Field(() => String, { nullable: true })
  appAuthToken?: string | null;
}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class AppNotFound extends ErrorResult {}

@ObjectType({ implements: ErrorResult, simpleResolvers: true })
export class AppLimit extends ErrorResult {}

export const AppResult = createUnionType({
  name: 'AppResult',
  types: () => [AlipayApp, InvalidInput, AppNotFound, AppLimit, ConfirmationRequired] as const,
});
