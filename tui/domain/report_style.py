"""The style sheet of a report's page: light, dark, and on paper. Each cell has a sign and a word beside its colour."""

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --ink: #1c1e21; --paper: #ffffff; --line: #c4c8ce; --quiet: #555b63; --band: #f1f3f5;
  --differs: #8a3b00; --missing: #7a1020; --extra: #0b4f8a; --unknown: #5b2a86;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7e9ec; --paper: #16181b; --line: #454b53; --quiet: #a9b0b9; --band: #22262b;
    --differs: #ffb86b; --missing: #ff9aa5; --extra: #8cc8ff; --unknown: #d3b0ff;
  }
}
@media print {
  :root {
    --ink: #000000; --paper: #ffffff; --line: #888888; --quiet: #333333; --band: #ffffff;
    --differs: #000000; --missing: #000000; --extra: #000000; --unknown: #000000;
  }
  @page { size: landscape; margin: 12mm; }
  body { font-size: 9pt; }
  tr, .gaps { break-inside: avoid; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
}
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2em; }
h1 { font-size: 1.5em; }
h2 { font-size: 1.15em; margin: 1.6em 0 0.4em; overflow-wrap: anywhere; }
.heading { font-weight: bold; }
.gaps { border: 2px solid var(--unknown); padding: 0 1em 0.4em; margin: 1em 0; }
.gaps h2 { color: var(--unknown); margin-top: 0.6em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: 0.35em 0.6em; text-align: left; vertical-align: top; }
thead th { background: var(--band); }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font: 0.85em ui-monospace, monospace; overflow-wrap: anywhere; }
td code { color: var(--quiet); }
small { color: var(--quiet); overflow-wrap: anywhere; }
td.differs b { color: var(--differs); }
td.missing b { color: var(--missing); }
td.extra b { color: var(--extra); }
td.unknown, td.unknown b { color: var(--unknown); }
"""
