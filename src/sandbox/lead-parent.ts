/** A parent that has forked us may share our clock. One that does not answer within this is left behind. */
const FOLLOWS_WITHIN_MS = 30_000;

/** Tells the parent `{ kind: 'clock', aheadMs }` and waits for its `{ kind: 'clock_followed', aheadMs }`. */
export function leadParent(aheadMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      process.off('message', hear);
      resolve();
    };
    const hear = (message: unknown) => {
      if (isAnswer(message, aheadMs)) done();
    };
    const timer = setTimeout(done, FOLLOWS_WITHIN_MS);
    process.on('message', hear);
    process.send?.({ kind: 'clock', aheadMs });
  });
}

function isAnswer(message: unknown, aheadMs: number): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, aheadMs: followed } = { kind: undefined, aheadMs: undefined, ...message };
  return kind === 'clock_followed' && followed === aheadMs;
}
