import type { Answer } from './wire/answer.ts';

const MESSAGES = {
  '10000': 'Success',
  '10003': 'order success pay inprocess',
  '20000': 'Service Currently Unavailable',
  '20001': 'Insufficient Token Permissions',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40003': 'Insufficient Conditions',
  '40004': 'Business Failed',
  '40005': 'Call Limited',
  '40006': 'Insufficient Permissions',
};

// Public error codes of Alipay's gateway and of its trade APIs, with the code above them and what they say.
const SUB_CODES = {
  'isp.unknow-error': ['20000', '系统繁忙'],
  'aop.ACQ.SYSTEM_ERROR': ['20000', '系统异常'],
  'isv.missing-method': ['40001', '缺少方法名参数'],
  'isv.missing-signature': ['40001', '缺少签名参数'],
  'isv.missing-signature-type': ['40001', '缺少签名类型参数'],
  'isv.missing-app-id': ['40001', '缺少AppID参数'],
  'isv.missing-timestamp': ['40001', '缺少时间戳参数'],
  'isv.missing-version': ['40001', '缺少版本参数'],
  'isv.invalid-parameter': ['40002', '参数无效'],
  'isv.invalid-method': ['40002', '不存在的方法名'],
  'isv.invalid-format': ['40002', '无效的数据格式'],
  'isv.invalid-signature-type': ['40002', '无效的签名类型'],
  'isv.invalid-signature': [
    '40002',
    '验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：',
  ],
  'isv.invalid-app-id': ['40002', '无效的AppID参数'],
  'isv.invalid-timestamp': ['40002', '非法的时间戳参数'],
  'isv.invalid-charset': ['40002', '字符集错误'],
  'isv.illegal-json': ['40002', 'biz_content不是合法的JSON'],
  'isv.decryption-error-not-valid-encrypt-key': ['40002', '解密出错, 未配置加密密钥或加密密钥格式错误'],
  'isv.missing-signature-config': ['40003', '验签出错, 未配置对应签名算法的公钥或者证书'],
  'ACQ.INVALID_PARAMETER': ['40004', '参数无效'],
  'ACQ.SYSTEM_ERROR': ['40004', '系统错误'],
  'ACQ.CONTEXT_INCONSISTENT': ['40004', '交易信息被篡改'],
  'ACQ.TOTAL_FEE_EXCEED': ['40004', '订单总金额不在允许范围内'],
  'ACQ.SELLER_NOT_EXIST': ['40004', '商家账号不存在'],
  'ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR': ['40004', '当前时间已超过允许支付的时间'],
  'ACQ.SUB_GOODS_SIZE_MAX_COUNT': ['40004', '子商品明细超长'],
  'ACQ.TRADE_HAS_SUCCESS': ['40004', '交易已被支付'],
  'ACQ.TRADE_HAS_CLOSE': ['40004', '交易已经关闭'],
  'ACQ.TRADE_HAS_FINISHED': ['40004', '交易已完结'],
  'ACQ.TRADE_NOT_EXIST': ['40004', '交易不存在'],
  'ACQ.TRADE_STATUS_ERROR': ['40004', '交易状态不合法'],
  'ACQ.TRADE_CANCEL_TIME_OUT': ['40004', '超过撤销时间范围'],
  'ACQ.PAYMENT_AUTH_CODE_INVALID': [
    '40004',
    '支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款，如再次收款失败，请联系管理员处理。[SOUNDWAVE_PARSER_FAIL]',
  ],
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': ['40004', '买家余额不足'],
  'ACQ.PULL_MOBILE_CASHIER_FAIL': ['40004', '唤起移动收银台失败'],
  'ACQ.PAYMENT_FAIL': ['40004', '支付失败'],
  'ACQ.PAYMENT_REQUEST_HAS_RISK': ['40004', '支付有风险'],
  'ACQ.BUYER_SELLER_EQUAL': ['40004', '买卖家不能相同'],
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': ['40004', '退款金额无效'],
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': ['40004', '撤销或退款金额与订单金额不一致'],
  'ACQ.DISCORDANT_REPEAT_REQUEST': ['40004', '不一致的请求'],
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': ['40004', '卖家余额不足'],
  'ACQ.TRADE_NOT_ALLOW_REFUND': ['40004', '当前交易不允许退款'],
} as const satisfies Record<string, readonly [keyof typeof MESSAGES, string]>;

export type SubCode = keyof typeof SUB_CODES;

/** A successful node: 10000, then the fields. */
export function succeed(fields: Answer): Answer {
  return { code: '10000', msg: MESSAGES['10000'], ...fields };
}

/** A payment that waits for the buyer: 10003, then the fields. */
export function inProgress(fields: Answer): Answer {
  return { code: '10003', msg: MESSAGES['10003'], ...fields };
}

/** A refusal as Alipay words it; `more` is appended to sub_msg. */
export function refuse(subCode: SubCode, more = ''): Answer {
  const [code, subMsg] = SUB_CODES[subCode];
  return { code, msg: MESSAGES[code], sub_code: subCode, sub_msg: `${subMsg}${more}` };
}

/** Any answer a tester asks for; what is left out is filled in where the tables know it. */
export function anyAnswer(wanted: { code: string; subCode?: string | undefined; subMsg?: string | undefined }): Answer {
  const messages = new Map(Object.entries(MESSAGES));
  const known = new Map<string, readonly [string, string]>(Object.entries(SUB_CODES));
  const { code, subCode } = wanted;
  const subMsg = wanted.subMsg ?? known.get(subCode ?? '')?.[1];
  return {
    code,
    msg: messages.get(code) ?? 'Unknown',
    ...(subCode === undefined ? {} : { sub_code: subCode }),
    ...(subMsg === undefined ? {} : { sub_msg: subMsg }),
  };
}
