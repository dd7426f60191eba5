// The look of a report: readable on screen in both themes, and on paper.

export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c1f26; --faint: #697080; --line: #d9dce3; --ground: #fff; --graft: #0f8a5f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ee; --faint: #9aa1b0; --line: #343945; --ground: #15171c; --graft: #3ecf97; }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 16px; margin: 32px 0 8px; }
p { margin: 0; color: var(--faint); max-width: 70ch; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 16px 4px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--faint); font-weight: 500; }
tbody th { font-weight: 500; }
td { overflow-wrap: anywhere; }
.curves { display: flex; flex-wrap: wrap; gap: 16px; }
figure { margin: 0; }
.curves figure { width: 260px; }
.picture { margin-bottom: 16px; overflow-x: auto; }
img { max-width: 100%; image-rendering: pixelated; display: block; }
figcaption { color: var(--faint); font-size: 12px; }
svg { width: 100%; display: block; }
svg text { fill: var(--faint); font-size: 10px; }
svg path { fill: none; vector-effect: non-scaling-stroke; }
.axis { stroke: var(--line); }
.raw { stroke: var(--graft); opacity: 0.35; }
.smooth { stroke: var(--graft); stroke-width: 1.5; }
pre { font-size: 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: 12px; }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid; } }
`;
