import type { FastifyReply } from 'fastify';
import { newTraceId } from '../ids.ts';
import { escapeHtml } from '../wallet/html.ts';
import type { Answer } from '../wire/answer.ts';
import { encodeText } from '../wire/charset.ts';

/** Alipay's way to refuse a page call: HTTP 200 and a page in GBK that shows the code and the reason. */
export function sendErrorPage(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(200)
    .headers({
      'content-type': 'text/html;charset=GBK',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      trace_id: newTraceId(),
    })
    .send(encodeText(errorPage(answer), 'gbk'));
}

function errorPage(answer: Answer): string {
  const row = (name: string, value: unknown) =>
    value === undefined ? '' : `<p>${name}：<code>${escapeHtml(String(value))}</code></p>\n`;
  return `<!doctype html>
<html lang="zh-CN">
<head><meta charset="GBK"><meta name="viewport" content="width=device-width"><title>支付宝沙箱 - 错误</title></head>
<body>
<h1>抱歉，暂时无法付款</h1>
${row('错误代码', answer.sub_code ?? answer.code)}${row('错误原因', answer.sub_msg ?? answer.msg)}</body>
</html>
`;
}
