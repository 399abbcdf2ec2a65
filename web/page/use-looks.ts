import { useEffect } from 'preact/hooks';

/** Looks at once, then every so many milliseconds while the page is visible, and when screen or network come back. */
export function useLooks(look: (gone: AbortSignal) => Promise<void>, everyMs: number): void {
  useEffect(() => {
    const gone = new AbortController();
    let busy = false;
    const lookOnce = async () => {
      if (busy || document.hidden) return;
      busy = true;
      await look(gone.signal);
      busy = false;
    };
    void lookOnce();
    const timer = setInterval(lookOnce, everyMs);
    document.addEventListener('visibilitychange', lookOnce);
    window.addEventListener('online', lookOnce);
    return () => {
      gone.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookOnce);
      window.removeEventListener('online', lookOnce);
    };
  }, [look, everyMs]);
}
