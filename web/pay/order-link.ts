export interface OrderLink {
  readonly orderId: string;
  readonly clientToken: string;
}

/** What the cashier's address names: the order in its path, the token in its fragment, which no server ever sees. */
export function readOrderLink({ pathname, hash }: { pathname: string; hash: string }): OrderLink | undefined {
  const orderId = /^\/pay\/([A-Za-z0-9_]{1,64})\/?$/.exec(pathname)?.[1];
  const clientToken = /^#([\x21-\x7e]{1,2048})$/.exec(hash)?.[1];
  return orderId === undefined || clientToken === undefined ? undefined : { orderId, clientToken };
}
