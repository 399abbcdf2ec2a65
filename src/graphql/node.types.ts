import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', { description: 'Anything with an id of its own.' })
export abstract class NodeType {
  @Field(() => ID)
  id!: string;
}
