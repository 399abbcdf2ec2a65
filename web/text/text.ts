// Every word of the pages, in both languages.
import { cases as enCases } from './en/cases.ts';
import { desk as enDesk } from './en/desk.ts';
import { order as enOrder } from './en/order.ts';
import { refusals as enRefusals } from './en/refusals.ts';
import { till as enTill } from './en/till.ts';
import type { Language, Text } from './shape.ts';
import { cases as zhCases } from './zh/cases.ts';
import { desk as zhDesk } from './zh/desk.ts';
import { order as zhOrder } from './zh/order.ts';
import { refusals as zhRefusals } from './zh/refusals.ts';
import { till as zhTill } from './zh/till.ts';

const en: Text = {
  language: 'en',
  htmlLang: 'en',
  otherLanguage: '中文',
  ...enTill,
  ...enDesk,
  ...enCases,
  ...enOrder,
  ...enRefusals,
};

const zh: Text = {
  language: 'zh',
  htmlLang: 'zh-CN',
  otherLanguage: 'English',
  ...zhTill,
  ...zhDesk,
  ...zhCases,
  ...zhOrder,
  ...zhRefusals,
};

export const texts: Readonly<Record<Language, Text>> = { en, zh };
