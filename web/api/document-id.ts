/** The name under which the gateway knows a document of the pages: codegen has put it in. */
export function documentIdOf(document: object | string): string | undefined {
  if (typeof document === 'string' || !('__meta__' in document)) return undefined;
  const meta = document.__meta__;
  return typeof meta === 'object' && meta !== null && 'hash' in meta ? String(meta.hash) : undefined;
}
