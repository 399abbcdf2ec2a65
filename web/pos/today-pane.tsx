import { yuanOf } from '../order/amount.ts';
import { Yuan } from '../order/yuan.tsx';
import { useText } from '../text/language.tsx';
import { isExpired, type OrderRow } from './today.ts';
import { takings, totalsByMethod, wasPaid } from './totals.ts';
import type { Today } from './use-today.ts';

interface TodayPaneProps {
  readonly today: Today;
  readonly openId: string | undefined;
  readonly nowMs: number;
  readonly onOpen: (row: OrderRow) => void;
}

/** What the till sold today, newest first; every order opens again. */
export function TodayPane({ today, openId, nowMs, onOpen }: TodayPaneProps) {
  const text = useText().list;
  const { rows, known, stale, more } = today;
  return (
    <section class="today" aria-label={text.taken}>
      <header>
        <h2>{text.taken}</h2>
        <Yuan amount={yuanOf(takings(rows))} />
        <p>{text.paidCount(rows.filter(wasPaid).length)}</p>
      </header>
      <Totals rows={rows} />
      {stale && <p class="note">{text.stale}</p>}
      {known && rows.length === 0 && <p class="none">{text.none}</p>}
      <ul>
        {rows.map((row) => (
          <Row key={row.id} row={row} open={row.id === openId} expired={isExpired(row, nowMs)} onOpen={onOpen} />
        ))}
      </ul>
      {more && <p class="note">{text.more}</p>}
    </section>
  );
}

/** What came in by each way of paying. */
function Totals({ rows }: { rows: readonly OrderRow[] }) {
  const text = useText().list;
  const totals = totalsByMethod(rows);
  if (totals.length === 0) return null;
  return (
    <dl class="totals" aria-label={text.methods}>
      {totals.map(({ group, count, fen }) => (
        <div key={group} data-method={group}>
          <dt>{text.method[group]}</dt>
          <dd>{count} ×</dd>
          <dd>
            <Yuan amount={yuanOf(fen)} small />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface RowProps {
  readonly row: OrderRow;
  readonly open: boolean;
  readonly expired: boolean;
  readonly onOpen: (row: OrderRow) => void;
}

function Row({ row, open, expired, onOpen }: RowProps) {
  const { chip, htmlLang, list } = useText();
  const status = expired ? 'EXPIRED' : row.status;
  const time = new Date(row.createdAt).toLocaleTimeString(htmlLang, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={open ? 'true' : undefined}
        aria-label={`${time}, ${list.open(row.subject, row.amount)}, ${chip[status]}`}
        data-order-id={row.id}
        onClick={() => onOpen(row)}
      >
        <time dateTime={row.createdAt}>{time}</time>
        <span class="subject">{row.subject}</span>
        <span class={`chip ${status.toLowerCase()}`}>{chip[status]}</span>
        <Yuan amount={row.amount} small />
      </button>
    </li>
  );
}
