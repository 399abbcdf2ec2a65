import type { Language } from './shape.ts';

/** The remembered language, else the first of the browser's that we speak, else English. */
export function chooseLanguage(chosen: string | null, wanted: readonly string[]): Language {
  if (chosen === 'zh' || chosen === 'en') return chosen;
  const spoken = wanted.map((tag) => tag.toLowerCase().split('-')[0]);
  return spoken.find((tag): tag is Language => tag === 'zh' || tag === 'en') ?? 'en';
}
