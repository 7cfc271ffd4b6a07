/** The one style of pages: light and dark, wide and narrow. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f6f3; --sheet: #fff; --sunk: #f1efea; --line: #dedad1;
  --ink: #24211c; --soft: #645e53; --link: #14599c;
  --was: #fbe3df; --was-ink: #7d1a13; --is: #dcf2e2; --is-ink: #0a5230;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #17171a; --sheet: #1f2023; --sunk: #292a2e; --line: #3b3c42;
    --ink: #e7e5e0; --soft: #a7a39a; --link: #86b9f0;
    --was: #4a2422; --was-ink: #ffc4bd; --is: #173a27; --is-ink: #a9ecc3;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 3rem; max-width: 68rem;
  background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif;
}
h1, h2, h3, h4 { line-height: 1.3; text-wrap: balance; }
h1 { font-size: 1.9rem; margin: 0 0 .75rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 1rem; }
h3 { font-size: 1.05rem; margin: 0; }
h4 { font-size: .95rem; margin: 1.25rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.where { color: var(--soft); margin: 0 0 .25rem; }
.lead { font-size: 1.1rem; }
.quiet, footer { color: var(--soft); font-weight: 400; }
.count {
  display: inline-block; margin-left: .6rem; padding: .1rem .6rem; border-radius: 1rem;
  background: var(--sunk); color: var(--soft); font-size: .85rem; font-weight: 500; vertical-align: .1em;
}
.notes { margin: 1.25rem 0 0; padding: .75rem 1rem .75rem 2.1rem; background: var(--sunk); border-radius: 8px; max-width: 46rem; }
nav { margin-top: 2rem; }
nav h2 { font-size: 1rem; margin: 0 0 .4rem; }
nav ul { margin: 0; padding: 0; list-style: none; columns: 9rem; column-gap: 1.5rem; }
nav li { padding: .15rem 0; break-inside: avoid; }
article {
  margin: 0 0 1.5rem; padding: 1.25rem 1.5rem 1.5rem; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 10px;
}
article:target { border-color: var(--link); }
article .quiet { margin: .2rem 0 0; font-size: .92rem; }
h3 ~ table { margin-top: .75rem; }
details { margin: .6rem 0 0; }
summary { cursor: pointer; color: var(--link); width: fit-content; }
details .text { margin: .5rem 0 0; padding: .1rem 0 .1rem 1rem; border-inline-start: 3px solid var(--line); max-width: 46rem; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: .95rem; }
th, td { padding: .6rem .75rem; text-align: start; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; padding-top: .2rem; padding-bottom: .3rem; color: var(--soft); font-size: .85rem; font-weight: 600; }
th:first-child { width: 22%; padding-left: 0; }
tbody th { font-weight: 600; }
td:last-child { padding-right: 0; }
.text { white-space: pre-line; }
del, ins { text-decoration: none; border-radius: 3px; padding: .05em .15em; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
del { background: var(--was); color: var(--was-ink); text-decoration: underline dashed 1px; text-underline-offset: 3px; }
ins { background: var(--is); color: var(--is-ink); font-weight: 600; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .92rem; }
.log {
  margin: .4rem 0 0; padding: .6rem .8rem; max-height: 32rem; overflow: auto; border-radius: 6px; background: var(--sunk);
  white-space: pre-wrap; font: .85rem/1.5 ui-monospace, "SF Mono", "Liberation Mono", Menlo, Consolas, monospace; unicode-bidi: plaintext;
}
.log ins { font-weight: 400; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem 1.5rem; margin: 1.25rem 0; max-width: 56rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-weight: 600; }
.rounds, .files { margin: .5rem 0; padding: 0; list-style: none; }
.rounds { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; }
.files li { padding: .15rem 0; }
code { font: .9em ui-monospace, "SF Mono", "Liberation Mono", Menlo, Consolas, monospace; }
.steps { margin: 0; padding: 0; list-style: none; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
.steps:empty { display: none; }
.steps li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); padding: .6rem 1.25rem; border-top: 1px solid var(--line); }
.steps li:first-child { border-top: 0; }
.steps details, .steps p { margin-top: 0; }
.steps h4 { margin: .6rem 0 .2rem; color: var(--soft); font-size: .85rem; }
.steps summary { color: var(--ink); }
.when { color: var(--soft); font-size: .85rem; line-height: 1.9; font-variant-numeric: tabular-nums; }
.said { margin: 0; }
.aside { font-weight: 600; }
.bad { margin-left: .6rem; padding: .1rem .5rem; border-radius: 1rem; background: var(--was); color: var(--was-ink); font-size: .85rem; }
.alone { max-width: 40rem; margin: 12vh auto 0; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { display: inline-block; margin-bottom: 1rem; }
@media (max-width: 44rem) {
  body { padding: 1.5rem .9rem 2rem; }
  h1 { font-size: 1.5rem; }
  h2 { margin-top: 2.25rem; }
  article { padding: 1rem; }
  .steps li { grid-template-columns: minmax(0, 1fr); padding: .6rem .9rem; }
  table, tbody, tr, tbody th, td { display: block; width: auto; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  th:first-child { width: auto; }
  tbody tr { border-top: 1px solid var(--line); padding: .75rem 0 .25rem; }
  tbody tr:first-child { border-top: 0; padding-top: .25rem; }
  tbody th, td { border: 0; padding: .2rem 0; }
  td { margin-bottom: .5rem; }
  td[data-side]::before { content: attr(data-side); display: block; color: var(--soft); font-size: .82rem; font-weight: 600; }
}
@media print {
  body { background: none; max-width: none; padding: 0; }
  article { break-inside: avoid; border-color: #999; }
  nav { display: none; }
}
`;
