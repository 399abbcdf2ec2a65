import type { CasesText } from '../shape.ts';

export const cases: CasesText = {
  cases: {
    badge: (count) => `${count} 笔待处理`,
    title: '异常款项',
    hint: '款项已进入店铺的支付宝账户，但与订单不符。',
    none: '没有异常款项，无需处理。',
    close: '返回今日',
    stale: '网络已断开，列表可能不是最新。',
    more: '还有更多，请先处理以上款项。',
    kind: {
      LATE: { title: '付款太晚', hint: '款项到账时，订单已取消或已超时。' },
      SECOND_PAYMENT: { title: '重复付款', hint: '订单已支付，这是同一订单的第二笔付款。' },
      WRONG_AMOUNT: { title: '金额不符', hint: '付款金额与订单金额不同。' },
      WRONG_SELLER: { title: '收款账户不符', hint: '款项进入了其他支付宝账户。' },
      PAID_BEFORE_ORDER: { title: '付款早于订单', hint: '付款时此订单尚未创建，单号曾被使用过。' },
      UNKNOWN_ORDER: { title: '没有对应订单', hint: '付款使用的单号没有对应的订单。' },
      REFUSED_FACT: { title: '与订单状态不符', hint: '支付宝告知的结果与订单当前状态矛盾。' },
    },
    next: {
      AUTOMATIC_REFUND: '系统会自动退还顾客。',
      AUTOMATIC_ACCEPT: '系统会自动计入订单。',
      DECIDE: '需要人工处理。',
      NONE: '已处理。',
    },
    decide: {
      ACCEPT: { label: '收下', sure: '收下：订单变为已支付' },
      REFUND: { label: '退还', sure: '确认退还' },
      CLOSE: { label: '已另行处理', sure: '关闭此事项' },
    },
    order: (number) => `订单 ${number}`,
    noOrder: (number) => `单号 ${number}`,
    trade: '支付宝交易号',
    note: '备注',
    noteHint: '写明原因，便于日后查看。',
    noteNeeded: '请写明处理方式。',
    busy: '请稍候…',
    no: '暂不处理',
  },
};
