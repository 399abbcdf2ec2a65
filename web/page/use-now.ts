import { useEffect, useState } from 'preact/hooks';
import type { ServerClock } from '../api/server-clock.ts';

/** The server's time in milliseconds, fresh twice a second. */
export function useNow(clock: ServerClock): number {
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 500);
    return () => clearInterval(timer);
  }, [clock]);
  return now;
}
