import type { DeskText } from '../shape.ts';

export const desk: DeskText = {
  desk: {
    actions: '更多操作',
    action: {
      cancel: { label: '取消订单', sure: '确认取消' },
      reverse: { label: '撤销', sure: '确认撤销此笔交易' },
      ship: { label: '已发货', sure: '确认已发货' },
      complete: { label: '已交付', sure: '确认已交付' },
      return: { label: '顾客退货', sure: '确认已收到退货' },
      sync: { label: '立即查询支付宝', sure: '确认查询' },
    },
    no: '不用了',
    busy: '请稍候…',
    undoNoted: '已记录撤销。支付宝尚未给出明确结果，系统会继续处理，结果会显示在这里。',
    cancelLater: '支付宝尚未给出明确结果，请稍后再取消。',
    asking: (time) => `正在向支付宝确认，剩余 ${time}`,
    callingOff: '正在支付宝撤销此笔付款',
    byItself: '到时仍无明确结果，系统会自动撤销此笔付款。',
  },
  refund: {
    open: '退款…',
    title: '退款',
    amount: '金额（元）',
    atMost: (amount) => `最多 ${amount} 元`,
    all: '全部',
    reason: '原因（选填）',
    reasonHint: '顾客可能会看到。',
    go: (amount) => `退款 ${amount} 元`,
    busy: '正在退款…',
    close: '关闭',
    unanswered: '网关没有响应。请再按一次，不会重复退款。',
    list: '退款记录',
    tryAgain: '重试',
    status: {
      AWAITING_CONFIRMATION: '等待另一人确认',
      PENDING: '退款中',
      SUCCEEDED: '已退回',
      FAILED: '退款失败',
      REJECTED: '已驳回',
    },
  },
};
