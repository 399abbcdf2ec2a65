import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { remember, remembered } from '../page/memory.ts';
import { chooseLanguage } from './choose-language.ts';
import type { Text } from './shape.ts';
import { texts } from './text.ts';

const KEY = 'kassa.language';

const Speech = createContext<{ text: Text; other: () => void }>({ text: texts.en, other: () => {} });

/** The page's words. */
export function useText(): Text {
  return useContext(Speech).text;
}

export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => chooseLanguage(remembered(KEY), navigator.languages));
  const text = texts[language];
  useEffect(() => {
    document.documentElement.lang = text.htmlLang;
  }, [text]);
  const other = () => {
    const next = language === 'zh' ? 'en' : 'zh';
    remember(KEY, next);
    setLanguage(next);
  };
  return <Speech.Provider value={{ text, other }}>{children}</Speech.Provider>;
}

export function LanguageSwitch() {
  const { text, other } = useContext(Speech);
  return (
    <button type="button" class="quiet" lang={text.htmlLang === 'en' ? 'zh-CN' : 'en'} onClick={other}>
      {text.otherLanguage}
    </button>
  );
}
