import { Field, InterfaceType, ObjectType } from 'type-graphql';

@InterfaceType()
export abstract class ErrorResult {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({ implements: ErrorResult })
export class Refused extends ErrorResult {}

export function refused(code: string, message: string): Refused {
  return Object.assign(new Refused(), { code, message });
}
