import { useEffect, useState } from 'preact/hooks';

/** As narrow as a phone held upright, or a finger's screen as low as a phone on its side. */
const HANDHELD = '(max-width: 40rem), (pointer: coarse) and (max-height: 30rem)';

/** True where the buyer holds the screen: nobody can scan what is on one's own phone. */
export function isPhone({ handheld, userAgent }: { handheld: boolean; userAgent: string }): boolean {
  return handheld || /AlipayClient/i.test(userAgent);
}

export function useOnPhone(): boolean {
  const [handheld, setHandheld] = useState(() => matchMedia(HANDHELD).matches);
  useEffect(() => {
    const list = matchMedia(HANDHELD);
    const onChange = () => setHandheld(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, []);
  return isPhone({ handheld, userAgent: navigator.userAgent });
}
