/** The wallet's style sheet. Which section shows follows the body's data-state. */
export const walletCss = `
:root{--blue:#0e6bec;--ink:#15181d;--soft:#6b7280;--line:#eceef2;--card:#fff;--ground:#f3f5f9;--good:#12a150}
@media (prefers-color-scheme:dark){:root{--blue:#1f72ee;--ink:#f2f4f8;--soft:#9aa3b2;--line:#2a2f39;--card:#1a1d24;--ground:#0e1014;--good:#35c977}}
*{box-sizing:border-box;margin:0}
html{height:100%}
body{min-height:100%;display:flex;flex-direction:column;max-width:30rem;margin:0 auto;padding:env(safe-area-inset-top) 1rem env(safe-area-inset-bottom);background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif;-webkit-font-smoothing:antialiased}
header{display:flex;align-items:center;gap:.6rem;padding:1rem .25rem}
header b{flex:1;font-weight:600}
header a{color:var(--soft);font-size:.875rem;text-decoration:none;padding:.25rem .75rem;border:1px solid var(--line);border-radius:99px;background:var(--card)}
.mark{width:1.9rem;height:1.9rem;display:grid;place-items:center;border-radius:.6rem;background:var(--blue);color:#fff;font-weight:700}
main{flex:1;display:flex;flex-direction:column}
section{display:none;background:var(--card);border-radius:1.25rem;padding:1.75rem 1.5rem;box-shadow:0 1px 2px rgb(15 23 42/.04),0 12px 32px rgb(15 23 42/.06)}
body[data-state=opening] [data-for~=opening],body[data-state=arrived] [data-for~=arrived],body[data-state=ready] [data-for~=ready],body[data-state=fresh] [data-for~=fresh],body[data-state=failed] [data-for~=failed],body[data-state=paid] [data-for~=paid],body[data-state=refunded] [data-for~=refunded],body[data-state=closed] [data-for~=closed],body[data-state=expired] [data-for~=expired],body[data-state=unknown] [data-for~=unknown],body[data-state=left] [data-for~=left]{display:block}
.shop{font-weight:600;text-align:center}
.shop small{display:block;color:var(--soft);font-weight:400}
.due{margin-top:1.25rem;color:var(--soft);font-size:.875rem;text-align:center}
.amount{font-size:2.75rem;line-height:1.2;font-weight:600;text-align:center;font-variant-numeric:tabular-nums;letter-spacing:-.02em;overflow-wrap:anywhere}
.amount i{font-style:normal;font-size:1.5rem;margin-right:.2rem;vertical-align:.35em}
dl{margin:1.75rem 0 1.5rem;border-top:1px solid var(--line)}
dl div{display:flex;gap:1.5rem;padding:.8rem 0;border-bottom:1px solid var(--line);font-size:.9375rem}
dt{flex:none;color:var(--soft)}
dd{flex:1;text-align:right;overflow-wrap:anywhere}
.number{font-variant-numeric:tabular-nums}
button{display:block;width:100%;min-height:3.1rem;border:0;border-radius:.9rem;background:var(--blue);color:#fff;font:inherit;font-size:1.0625rem;font-weight:600;cursor:pointer;transition:opacity .15s,transform .1s}
button:active{transform:scale(.985)}
button:disabled{opacity:.45;cursor:default}
button:focus-visible,a:focus-visible{outline:3px solid color-mix(in srgb,var(--blue) 45%,transparent);outline-offset:2px}
.quiet{margin-top:.35rem;background:none;color:var(--soft);font-weight:400;font-size:1rem}
.trouble{margin-bottom:.75rem;color:#d4380d;text-align:center;font-size:.9375rem}
.ending{text-align:center;padding:2.75rem 1.5rem 2.25rem}
.ending h1{margin-top:1rem;font-size:1.375rem;font-weight:600}
.ending .amount{margin-top:1.25rem}
.ending button{margin-top:1.75rem}
.hint{color:var(--soft)}
svg{width:4.5rem;height:4.5rem;fill:none;stroke:#fff;stroke-width:3.5;stroke-linecap:round;stroke-linejoin:round}
.pass{text-align:center}
.pass svg{display:block;width:13rem;height:auto;margin:1rem auto;padding:.6rem;border-radius:.6rem;background:#fff;fill:#000;stroke:none}
.pass svg.bars{width:100%;height:6rem}
.digits{font-size:1.25rem;letter-spacing:.04em}
circle{stroke:none;fill:var(--soft)}
.good circle{fill:var(--good)}
footer{padding:1.25rem 0 1.5rem;color:var(--soft);font-size:.8125rem;text-align:center}
@media (min-width:40rem){body{padding-top:4vh}}
@media (prefers-reduced-motion:no-preference){.good svg{animation:pop .35s cubic-bezier(.2,1.4,.4,1)}@keyframes pop{from{transform:scale(.5);opacity:0}}}
`;
