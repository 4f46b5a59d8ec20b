// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/html_parts.h"

namespace pingtrail::report {

namespace {

// Text against background holds 4.5:1 in both schemes (WCAG 2.1, 1.4.3); every colour that means
// something comes with a sign or a word.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2430;--soft:#5b6675;--line:#dde2e8;--head:#f4f6f8;
--accent:#1d4f91;--good:#1a7f4b;--bad:#b3261e;--warn:#8a5a00;
--up:#cfead8;--up-fg:#2f6b48;--low:#f6c9a8;--low-fg:#6e2f00;--down:#b3261e;--down-fg:#fff;
--plan:#c9d8f2;--plan-fg:#1d3f7a;--unk:#d5d9df;--unk-fg:#3d4651;--gap:#e6ebd6;--gap-fg:#4e5a2a}
@media (prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e4e8ee;--soft:#9aa5b3;--line:#2c343f;
--head:#1a2028;--accent:#8ab4f0;--good:#5cc98c;--bad:#ff8a80;--warn:#f0b95a;
--up:#1d4a33;--up-fg:#a9dcc0;--low:#7a4317;--low-fg:#ffe0c7;--down:#cb3f36;--down-fg:#fff;
--plan:#27447a;--plan-fg:#d3e0fa;--unk:#3a424d;--unk-fg:#d5dae1;--gap:#414a26;--gap-fg:#dde6bd}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:88rem;padding:2rem 1.5rem 3rem;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
header{border-bottom:3px solid var(--accent);padding-bottom:1rem}
.kind{margin:0;color:var(--accent);font-weight:600;letter-spacing:.08em;text-transform:uppercase;
font-size:.8rem}
h1{margin:.1rem 0 .4rem;font-size:2rem;line-height:1.2}
h2{margin:2.4rem 0 .6rem;font-size:1.2rem;break-after:avoid}
h2+p{margin-top:0}
p.hint{break-after:avoid;color:var(--soft);font-size:.85rem;max-width:60rem;margin:.4rem 0 .8rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}
.facts dt{color:var(--soft)}.facts dd{margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.8rem;
margin:1.4rem 0 0;padding:0;list-style:none}
.cards li{border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;
background:var(--head);break-inside:avoid}
.cards b{display:block;font-size:1.15rem;white-space:nowrap;font-weight:600;font-variant-numeric:tabular-nums}
.cards span{color:var(--soft);font-size:.8rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{background:var(--head);color:var(--soft);font-weight:600;vertical-align:bottom}
tr{break-inside:avoid}tfoot{display:table-row-group}
.n{text-align:right;white-space:nowrap}.t{white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:break-word;min-width:10rem;max-width:22rem}
tr.g>*{background:var(--head);font-weight:600}tr.h>th{padding-left:1.4rem}
tfoot>tr>*{border-top:2px solid var(--fg);font-weight:600}
small,.soft{color:var(--soft);font-size:.92em}td small,th small{display:block;font-weight:400}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.good,.bad,.warn{font-weight:600}
.bar{display:inline-block;width:7rem;height:.7rem;border:1px solid var(--soft);border-radius:.2rem;
vertical-align:middle;overflow:hidden;margin-right:.5rem}
.bar i{display:block;height:100%;background:var(--good)}.bar i.o{background:var(--bad)}
.strip{width:auto;table-layout:fixed;margin-bottom:1.2rem}
.strip caption{text-align:left;font-weight:600;padding:.2rem 0}
.strip th{padding:.15rem .6rem .15rem 0;border:0;white-space:nowrap;background:none}
.strip tbody th{width:16rem;min-width:16rem;max-width:16rem;overflow:hidden;text-overflow:ellipsis}
.strip thead th.d{width:1.5rem;padding:.15rem 0;text-align:center;font-weight:400;font-size:.75rem}
.strip td,.key i{width:1.5rem;height:1.5rem;padding:0;text-align:center;vertical-align:middle;
border:2px solid var(--bg);border-radius:.3rem;line-height:1;font-style:normal}
.key i{display:inline-block;line-height:1.3rem;margin-right:.3rem}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.4rem 0 1rem;list-style:none;
font-size:.85rem}
.u{background:var(--up);color:var(--up-fg)}.l{background:var(--low);color:var(--low-fg)}
.x{background:var(--down);color:var(--down-fg)}.p{background:var(--plan);color:var(--plan-fg)}
.q{background:var(--unk);color:var(--unk-fg)}.y{background:var(--gap);color:var(--gap-fg)}
.note{border-left:4px solid var(--warn);padding:.3rem .8rem;background:var(--head);margin:.4rem 0}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--soft);
font-size:.8rem;max-width:60rem}
@page{size:A4 landscape;margin:12mm}
@media print{
:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--head:#f1f3f5;--accent:#1d4f91;
--good:#14663b;--bad:#a01c15;--warn:#6f4800;--up:#cfead8;--up-fg:#2f6b48;--low:#f6c9a8;
--low-fg:#6e2f00;--down:#b3261e;--down-fg:#fff;--plan:#c9d8f2;--plan-fg:#1d3f7a;--unk:#d5d9df;
--unk-fg:#3d4651;--gap:#e6ebd6;--gap-fg:#4e5a2a}
body{max-width:none;padding:0;font-size:9pt;-webkit-print-color-adjust:exact;
print-color-adjust:exact}
table{font-size:7.6pt}.scroll{overflow:visible}th,td{padding:.22rem .4rem}
.strip td,.strip thead th.d,.key i{width:5.6mm;height:5mm}.strip tbody th{width:45mm;min-width:45mm;max-width:45mm}
h1{font-size:18pt}h2{font-size:12pt;margin-top:1.4rem}.cards{gap:.4rem;grid-template-columns:repeat(6,1fr)}.cards b{font-size:10pt}.cards li{padding:.4rem .5rem}
tbody th{min-width:35mm;max-width:60mm}
}
)css";

}  // namespace

std::string_view html_style() { return kStyle; }

}  // namespace pingtrail::report
