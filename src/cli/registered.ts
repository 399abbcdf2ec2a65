import type { Register } from './register.ts';

/** Who the audit log says it was. */
export const ACTOR = 'kassa';

export interface RegisterNeeds {
  readonly openRegister: () => Promise<Register>;
  readonly nameOf: (prefix: 'mer', id: string) => string;
  /** The id inside a public one; undefined when it is none. */
  readonly idOf: (prefix: 'mer', named: string) => string | undefined;
}

/** Does something with the register and closes it. */
export async function registered<Outcome>(
  { openRegister }: Pick<RegisterNeeds, 'openRegister'>,
  act: (register: Register) => Promise<Outcome>,
): Promise<Outcome> {
  const register = await openRegister();
  return act(register).finally(() => register.close());
}
