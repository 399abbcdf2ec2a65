import { z } from 'zod';

export type Language = 'zh' | 'en';

/** The query of every page: `?lang=en`. */
export const languageQuery = z.object({ lang: z.string().optional().catch(undefined) });

/** What the wallet says, a row a sentence. */
const WORDS = {
  title: { zh: '沙箱钱包', en: 'Sandbox wallet' },
  playMoney: { zh: '模拟支付，不会扣款', en: 'Play money, nothing is charged' },
  shop: { zh: '沙箱商户', en: 'Sandbox shop' },
  amountDue: { zh: '付款给商家', en: 'Pay to the shop' },
  item: { zh: '商品', en: 'Item' },
  number: { zh: '订单号', en: 'Order' },
  method: { zh: '付款方式', en: 'Pay with' },
  balance: { zh: '沙箱余额', en: 'Sandbox balance' },
  pay: { zh: '确认付款', en: 'Pay now' },
  leave: { zh: '暂不付款', en: 'Leave' },
  cashier: { zh: '沙箱收银台', en: 'Sandbox cashier' },
  logOn: { zh: '登录并付款', en: 'Log on to pay' },
  opening: { zh: '正在打开…', en: 'Opening…' },
  paid: { zh: '支付成功', en: 'Paid' },
  paidHint: { zh: '可以关闭此页面', en: 'You can close this page' },
  closed: { zh: '交易已关闭', en: 'Closed' },
  closedHint: { zh: '商家已关闭订单，未扣款', en: 'The order was closed. Nothing was charged' },
  refunded: { zh: '已全额退款', en: 'Refunded' },
  refundedHint: { zh: '款项已退回沙箱余额', en: 'The money is back in the sandbox balance' },
  expired: { zh: '二维码已失效', en: 'Code no longer valid' },
  expiredHint: { zh: '请让商家重新出示付款码', en: 'Ask the shop for a new code' },
  pageExpired: { zh: '付款页面已失效', en: 'Page no longer valid' },
  pageExpiredHint: { zh: '请返回商家重新下单', en: 'Go back to the shop and order again' },
  unknown: { zh: '无法识别的二维码', en: 'Unknown code' },
  unknownHint: { zh: '这不是本沙箱生成的二维码', en: 'This sandbox never made this code' },
  left: { zh: '尚未付款', en: 'Not paid yet' },
  leftHint: { zh: '订单仍可支付', en: 'The order can still be paid' },
  back: { zh: '返回付款', en: 'Back to payment' },
  offline: { zh: '网络异常，请重试', en: 'No connection, try again' },
  script: { zh: '请启用 JavaScript 后付款', en: 'Switch JavaScript on to pay' },
  showCode: { zh: '向商家出示付款码', en: 'Show this code to the cashier' },
  codeLife: { zh: '付款码一分钟内有效，仅可使用一次', en: 'Good for one minute and one payment' },
  freshCode: { zh: '刷新付款码', en: 'Another code' },
  staleHint: { zh: '付款码已过期', en: 'This code has run out' },
  confirm: { zh: '请确认付款', en: 'Please confirm the payment' },
  failed: { zh: '付款未成功', en: 'Payment failed' },
  failedHint: { zh: '未扣款，请刷新付款码后重试', en: 'Nothing was charged. Try with another code' },
  otherLanguage: { zh: 'English', en: '中文' },
} as const;

export type Word = keyof typeof WORDS;

export function word(language: Language, name: Word): string {
  return WORDS[name][language];
}

/** A `lang` in the URL wins; else whichever of the two the browser names first; else Chinese, as in Alipay. */
export function chooseLanguage(wanted: string | undefined, acceptLanguage: string | undefined): Language {
  if (wanted === 'zh' || wanted === 'en') return wanted;
  const first = (acceptLanguage ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().slice(0, 2))
    .find((language) => language === 'zh' || language === 'en');
  return first === 'en' ? 'en' : 'zh';
}
