import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { PageInfo } from './page.types.ts';
import { DateTimeScalar } from './scalars.ts';

@ObjectType('AuditNote', {
  simpleResolvers: true,
  description: 'Who changed what. Notes are only added to, and chained by hash: `npx kassa audit` checks them.',
})
export class AuditNoteType {
  @Field(() => ID, { description: 'note_…' })
  id!: string;

  @Field(() => String, {
    description: 'key_… for an API key; else the subject of an access token, or who sat at the command line.',
  })
  actor!: string;

  @Field(() => String, { description: 'api_key.created, api_key.rotated, api_key.revoked, …' })
  action!: string;

  @Field(() => ID, { description: 'What it was done to: key_… of an API key.' })
  subject!: string;

  @Field(() => GraphQLJSONObject)
  details!: Record<string, unknown>;

  @Field(() => DateTimeScalar)
  at!: Date;
}

@ObjectType({ simpleResolvers: true })
export class AuditNoteEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => AuditNoteType)
  node!: AuditNoteType;
}

@ObjectType({ simpleResolvers: true })
export class AuditNoteConnection {
  @Field(() => [AuditNoteEdge])
  edges!: AuditNoteEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
