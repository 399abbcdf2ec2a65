/** A field that is computed when a query asks for it, and only then. */
export type Lazy<Value, Needs = void> = (args: unknown, needs: Needs) => Value;

/** An instance of an object type. Unions tell their members apart by class. */
export function make<Type extends object>(type: new () => Type, fields: Type): Type {
  return Object.assign(new type(), fields);
}
