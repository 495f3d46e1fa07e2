/**
 * How a report looks: readable on paper, on a phone, in light and in dark, without anything from outside the file.
 */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --quiet: #59636e; --line: #d8dee4;
  --right: #1a7f37; --right-back: #dafbe1; --wrong: #b42318; --wrong-back: #ffebe9; --bar: #4f7cc4; --bar-back: #e7ebf1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #181d24; --text: #e8ebef; --quiet: #9aa4b0; --line: #2d343d;
    --right: #5fd07e; --right-back: #12351f; --wrong: #ff9d93; --wrong-back: #45191a; --bar: #6f9be0; --bar-back: #262d37;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 21px; margin: 44px 0 4px; }
p { margin: 0 0 12px; max-width: 76ch; color: var(--quiet); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0; }
dl.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
dl.facts dt { font-size: 13px; color: var(--quiet); }
dl.facts dd { margin: 2px 0 0; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
ul.legends { list-style: none; display: flex; flex-wrap: wrap; gap: 16px 36px; margin: 20px 0 0; padding: 0; font-size: 14px; }
ul.legends span.name { display: block; font-weight: 600; }
ul.legends span.scale { display: block; width: 240px; height: 12px; border-radius: 6px; margin: 5px 0 3px; border: 1px solid var(--line); }
ul.legends span.ends { display: flex; justify-content: space-between; width: 240px; color: var(--quiet); }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 18px; margin-top: 16px; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px; break-inside: avoid; }
article header { display: flex; justify-content: space-between; align-items: baseline; gap: 10px; }
article h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
article p { font-size: 14px; margin: 2px 0 0; }
.verdict { font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 99px; white-space: nowrap; }
.verdict.right { color: var(--right); background: var(--right-back); }
.verdict.wrong { color: var(--wrong); background: var(--wrong-back); }
.pictures { display: flex; gap: 8px; margin: 12px 0; }
figure { flex: 1 1 0; min-width: 0; margin: 0; }
figure img { display: block; width: 100%; height: auto; border-radius: 6px; border: 1px solid var(--line); }
figcaption { font-size: 12px; color: var(--quiet); margin-top: 4px; text-align: center; }
ul.scores { list-style: none; margin: 0; padding: 0; font-size: 13px; }
ul.scores li { display: grid; grid-template-columns: 96px 1fr 52px; gap: 8px; align-items: center; margin-top: 3px; }
ul.scores .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
ul.scores .track { height: 9px; border-radius: 5px; background: var(--bar-back); overflow: hidden; }
ul.scores .fill { display: block; height: 100%; background: var(--bar); border-radius: 5px; }
ul.scores .value { text-align: right; font-variant-numeric: tabular-nums; color: var(--quiet); }
ul.scores li.marked .label, ul.scores li.marked .value { font-weight: 600; color: var(--text); }
footer { margin-top: 48px; font-size: 13px; color: var(--quiet); }
`;
