import { useCallback, useRef, useState } from 'preact/hooks';
import { listOrders } from '../api/documents.ts';
import type { Gateway } from '../api/gateway.ts';
import type { ListOrdersQuery } from '../gql/graphql.ts';
import { useLooks } from '../page/use-looks.ts';
import { localMidnight, mergeRows, type OrderRow } from './today.ts';

const PAGE_SIZE = 50;
const MOST_PAGES = 40;
const LOOK_EVERY_MS = 4_000;
/** Every so many looks all pages are read: an old order may have moved. */
const SWEEP_EVERY_LOOKS = 15;

export interface Today {
  readonly rows: readonly OrderRow[];
  /** False until the first answer. */
  readonly known: boolean;
  /** The last look failed: the list may be old. */
  readonly stale: boolean;
  /** There are more orders than the till lists. */
  readonly more: boolean;
  readonly put: (row: OrderRow) => void;
}

interface Held {
  readonly rows: readonly OrderRow[];
  readonly known: boolean;
  readonly stale: boolean;
  readonly more: boolean;
}

/** Today's orders, looked at again every few seconds while the page is visible; newest pages more often than old ones. */
export function useToday(gateway: Gateway): Today {
  const [held, setHeld] = useState<Held>({ rows: [], known: false, stale: false, more: false });
  const looks = useRef(0);
  const look = useCallback(
    async (gone: AbortSignal) => {
      const sweep = looks.current % SWEEP_EVERY_LOOKS === 0;
      const seen = await readToday(gateway, sweep ? MOST_PAGES : 1);
      if (gone.aborted) return;
      if (seen !== undefined) looks.current += 1;
      setHeld((before) => (seen === undefined ? { ...before, stale: true } : withSeen(before, seen, sweep)));
    },
    [gateway],
  );
  useLooks(look, LOOK_EVERY_MS);
  const put = useCallback(
    (row: OrderRow) =>
      setHeld((before) => ({ ...before, rows: mergeRows(before.rows, [row], localMidnight(new Date())) })),
    [],
  );
  return { ...held, put };
}

interface Seen {
  readonly rows: readonly OrderRow[];
  readonly since: string;
  readonly more: boolean;
}

function withSeen(before: Held, { rows, since, more }: Seen, sweep: boolean): Held {
  return { rows: mergeRows(before.rows, rows, since), known: true, stale: false, more: sweep ? more : before.more };
}

/** The newest pages of today's orders; undefined when the gateway did not answer. */
async function readToday(gateway: Gateway, pages: number): Promise<Seen | undefined> {
  const since = localMidnight(new Date());
  const rows: OrderRow[] = [];
  let after: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const orders: Page | undefined = await readPage(gateway, since, after);
    if (orders === undefined) return undefined;
    rows.push(...orders.edges.map((edge) => edge.node));
    after = orders.pageInfo.endCursor;
    if (!orders.pageInfo.hasNextPage || after === null) return { rows, since, more: false };
  }
  return { rows, since, more: true };
}

type Page = ListOrdersQuery['orders'];

async function readPage({ client }: Gateway, createdFrom: string, after: string | null): Promise<Page | undefined> {
  const { data } = await client.query(listOrders, { first: PAGE_SIZE, after, createdFrom }).toPromise();
  return data?.orders;
}
