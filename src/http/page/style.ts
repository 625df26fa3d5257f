/** The page's style: one column, system fonts, colours that follow the reader's light or dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf7, #17181b);
  --raised: light-dark(#f2f0ea, #202226);
  --line: light-dark(#dedad0, #34373d);
  --ink: light-dark(#1d1c1a, #e5e3dd);
  --soft: light-dark(#625e56, #a19f99);
  --good: light-dark(#17703f, #74cf98);
  --warn: light-dark(#8f5200, #e6b450);
  --bad: light-dark(#b3261e, #ff8f85);
  --wait: light-dark(#2f5cc0, #8db0ff);
  --off: var(--soft);
  --mono: 12.5px/1.5 ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace;
  font: 15px/1.45 system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif;
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { max-width: 56rem; margin: 0 auto; padding: 1.75rem 1.25rem 1.5rem; background: var(--ground); color: var(--ink); }
body.gone main { opacity: 0.75; }

h1 { font-size: 1.5rem; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h1::before {
  content: ''; display: inline-block; width: 0.5em; height: 0.5em; margin-right: 0.45em; border-radius: 50%;
  vertical-align: 0.08em; background: var(--tone);
}
h2 { font-size: 0.95rem; font-weight: 600; }
h3 { font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
small { font-size: 0.8rem; font-weight: 400; color: var(--soft); }
section { margin-top: 1.6rem; }
ul, ol { list-style: none; padding: 0; }
a { color: var(--wait); text-underline-offset: 0.15em; }
.soft { color: var(--soft); }

body, .state, article { --tone: var(--wait); }
[data-tone='good'], .good { --tone: var(--good); }
[data-tone='warn'], .warn { --tone: var(--warn); }
[data-tone='bad'], .bad { --tone: var(--bad); }
[data-tone='off'], .off { --tone: var(--off); }

#now { margin-top: 0.3rem; color: var(--soft); overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
#lead { margin-top: 0.7rem; }
#lead label { display: inline-flex; gap: 0.5rem; align-items: center; min-height: 1.75rem; }
.open {
  display: inline-block; padding: 0.5rem 1.1rem; border-radius: 6px; background: var(--good); color: var(--ground);
  font-weight: 600; text-decoration: none;
}
.open:hover { text-decoration: underline; }
[data-tone='bad'] .open { background: var(--soft); }

article { margin-top: 0.6rem; padding: 0.6rem 0.9rem 0.7rem; border-left: 3px solid var(--tone); border-radius: 0 6px 6px 0; background: var(--raised); }
article p { margin-top: 0.2rem; overflow-wrap: anywhere; }
.remedy { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; margin-top: 0.45rem; }
code { font: var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }

#services li, #steps li { border-top: 1px solid var(--line); padding: 0.4rem 0; }
#services h2, #deaths h2 { margin-bottom: 0.35rem; }
#services li { display: grid; grid-template-columns: 8.5rem 12rem 1fr auto; column-gap: 1rem; align-items: center; min-height: 2.6rem; }
#services .why { grid-column: 2 / -1; color: var(--soft); overflow-wrap: anywhere; padding-bottom: 0.2rem; }
.state { color: var(--tone); }
.state::before { content: ''; display: inline-block; width: 0.5em; height: 0.5em; margin-right: 0.5em; border-radius: 50%; background: var(--tone); }
.acts { display: flex; gap: 0.5rem; }
#doing { border-top: 1px solid var(--line); padding-top: 0.45rem; color: var(--soft); font-size: 0.9rem; }
#sign-out { margin: 0.5rem 0; }
#doing form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0.5rem 0; }

#deaths li { border-top: 1px solid var(--line); padding: 0.45rem 0; overflow-wrap: anywhere; }
#deaths small { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3em; }
#deaths pre { margin-top: 0.4rem; max-height: 18rem; }
time { color: var(--soft); font-variant-numeric: tabular-nums; }

summary { cursor: pointer; }
summary h2 { display: inline; }
#steps ol { margin-top: 0.35rem; }
#steps li { display: grid; grid-template-columns: 1.3rem 1fr auto; column-gap: 0.3rem; padding: 0.25rem 0; overflow-wrap: anywhere; }
#steps li::before { content: '·' / ''; color: var(--soft); }
#steps .done::before { content: '✓' / ''; color: var(--good); }
#steps .failed::before { content: '✕' / ''; color: var(--bad); }
#steps .working::before { content: '›' / ''; color: var(--wait); font-weight: 700; }
#steps .waiting, #steps .not-reached { color: var(--soft); }
#steps .time { padding-left: 1rem; font-variant-numeric: tabular-nums; }
#steps p { grid-column: 2 / -1; display: flex; flex-wrap: wrap; gap: 0.1rem 0.8rem; align-items: center; font-variant-numeric: tabular-nums; }
progress { width: 14rem; max-width: 100%; height: 0.4rem; border: 0; border-radius: 3px; background: var(--line); accent-color: var(--wait); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--wait); }
progress::-moz-progress-bar { background: var(--wait); }

.bar { display: flex; gap: 0.7rem; align-items: center; min-height: 2rem; margin-bottom: 0.35rem; }
.bar button { margin-left: auto; }
#lines, pre {
  font: var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; overflow-y: auto; padding: 0.6rem 0.8rem;
  border: 1px solid var(--line); border-radius: 6px; background: var(--raised); tab-size: 4;
}
#lines { min-height: 3rem; max-height: min(28rem, 60vh); }
#lines div { padding-left: 2ch; text-indent: -2ch; }
#lines i { font-style: normal; color: var(--soft); margin-right: 1em; user-select: none; }
#lines:empty::before { content: attr(data-quiet); color: var(--soft); }

button, select, input { font: inherit; color: inherit; }
button, select, input[type='password'] {
  min-height: 2rem; padding: 0.15rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground);
}
button { flex: none; cursor: pointer; white-space: nowrap; }
button:hover:enabled { border-color: var(--soft); }
button:disabled { color: var(--soft); cursor: default; }
.small { min-height: 1.6rem; padding: 0 0.6rem; font-size: 0.85rem; }
#go { width: 1.1rem; height: 1.1rem; }
:focus-visible { outline: 2px solid var(--wait); outline-offset: 2px; }

footer { margin-top: 1.6rem; padding-top: 0.7rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.87rem; }
footer section { margin: 0 0 0.25rem; }
footer ul { display: flex; flex-wrap: wrap; gap: 0 1.2rem; }
.skip { position: absolute; left: 0.5rem; top: -4rem; padding: 0.4rem 0.8rem; background: var(--ground); z-index: 1; }
.skip:focus { top: 0.5rem; }
#said:not(:empty) {
  position: fixed; left: 50%; bottom: 1rem; transform: translateX(-50%); max-width: min(40rem, 92vw); padding: 0.5rem 1rem;
  border-radius: 6px; background: var(--ink); color: var(--ground); overflow-wrap: anywhere;
}

@media (prefers-reduced-motion: no-preference) {
  [data-tone='wait'] h1::before { animation: breathe 2s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: 0.35; } }
}
@media (max-width: 36rem) {
  body { padding: 1.1rem 0.9rem; }
  h1 { font-size: 1.3rem; }
  #services li { grid-template-columns: auto 1fr; row-gap: 0.1rem; }
  #services .soft, #services .why, .acts:not(:empty) { grid-column: 1 / -1; }
  .acts:not(:empty) { margin-top: 0.35rem; }
  button, select, input[type='password'] { min-height: 2.5rem; }
  .open { display: block; text-align: center; padding: 0.7rem; }
  .remedy { flex-direction: column; align-items: start; gap: 0.35rem; }
  #lines { padding: 0.5rem 0.6rem; }
}
`
