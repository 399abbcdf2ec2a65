// What every list has in common: how much of it is asked for, and how a page tells where it stands.
import { badInput } from './bad-input.ts';
import { make } from './make.ts';
import { PageInfo } from './page.types.ts';
import { DEFAULT_PAGE, MAX_PAGE } from './page-size.ts';

export interface Asked {
  readonly first: number;
  readonly afterId: string | undefined;
}

export function readPage(first: number | null | undefined, after: string | null | undefined): Asked {
  return {
    first: readPageSize(first),
    afterId: after === null || after === undefined ? undefined : readCursor(after),
  };
}

export function readPageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE;
  if (size < 1 || size > MAX_PAGE) throw badInput(`first must be from 1 to ${MAX_PAGE}`);
  return size;
}

export function pageInfoOf(
  edges: readonly { readonly cursor: string }[],
  { hasNextPage, asked }: { hasNextPage: boolean; asked: Asked },
): PageInfo {
  return make(PageInfo, {
    hasNextPage,
    hasPreviousPage: asked.afterId !== undefined,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
}

/** Opaque to clients; inside, the id of what the edge holds, which sorts by creation. */
export function cursorOf(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function readCursor(cursor: string): string {
  const hex = Buffer.from(cursor.slice(0, 64), 'base64url').toString('hex');
  if (hex.length !== 32) throw badInput('after is not a cursor of this list');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
