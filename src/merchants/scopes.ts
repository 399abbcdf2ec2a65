/** What a credential may be allowed to do. None implies another. */
export const SCOPES = [
  'orders:read',
  'orders:write',
  'refunds:write',
  'refunds:confirm',
  'fulfilment:write',
  'webhooks:manage',
  'cases:manage',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
