/**
 * How charts look: one style sheet for a document, and colours that follow the page from light to dark. Text has the colour
 * of what is around it; lines are colours of middle lightness, which stand out from both.
 */

/** Of at least 3 : 1 against white and against near-black, and apart for those who confuse red and green. */
const LINES = ['#2f7fd6', '#d9730d', '#1a936f', '#c2417c', '#8b6fd4', '#a38300'] as const;

/** The colour of series number `index`. */
export const lineColor = (index: number): string => LINES[index % LINES.length] ?? LINES[0];

/** The colour of text in an element. */
export const textColor = (element: Element): string => getComputedStyle(element).color;

/** The colour of text, as faint as the lines of a grid. */
export const gridColor = (element: Element): string =>
  `color-mix(in srgb, ${textColor(element)} 15%, transparent)`;

/** Calls back whenever the page goes from light to dark or back, until told to stop. */
export function onSchemeChange(redraw: () => void): () => void {
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  return () => scheme.removeEventListener('change', redraw);
}

const STYLES = `
.hadal-chart { margin: 0; min-width: 0; font: 12px/1.4 system-ui, sans-serif; }
.hadal-chart > figcaption, .hadal-matrix > caption { font-weight: 600; font-size: 14px; text-align: start; padding-bottom: 4px; }
.hadal-chart .u-wrap { position: relative; user-select: none; }
.hadal-chart .u-wrap canvas { display: block; width: 100%; height: 100%; }
.hadal-chart :is(.u-under, .u-over, .u-axis, .u-select, .u-cursor-x, .u-cursor-y, .u-cursor-pt) { position: absolute; }
.hadal-chart :is(.u-select, .u-cursor-x, .u-cursor-y, .u-cursor-pt) { pointer-events: none; left: 0; top: 0; }
.hadal-chart .u-select { background: color-mix(in srgb, currentColor 12%, transparent); }
.hadal-chart .u-cursor-x { height: 100%; border-inline-end: 1px dashed currentColor; opacity: 0.5; }
.hadal-chart .u-cursor-y { width: 100%; border-block-end: 1px dashed currentColor; opacity: 0.5; }
.hadal-chart .u-cursor-pt { border-radius: 50%; }
.hadal-chart .u-off { display: none; }
.hadal-chart .u-legend { margin: 4px 0 0; border-spacing: 0; font: inherit; }
.hadal-chart .u-legend tr { display: inline-flex; align-items: center; margin-inline-end: 14px; }
.hadal-chart .u-legend :is(th, td) { padding: 2px; font-weight: inherit; }
.hadal-chart .u-legend th { cursor: pointer; }
.hadal-chart .u-legend th > * { display: inline-block; vertical-align: middle; }
.hadal-chart .u-legend .u-marker { width: 12px; height: 12px; border-radius: 3px; margin-inline-end: 5px; box-sizing: border-box; }
.hadal-chart .u-legend .u-value { font-variant-numeric: tabular-nums; min-width: 4em; display: inline-block; }
.hadal-chart .u-legend tr.u-hide { opacity: 0.4; }
.hadal-charts { display: grid; gap: 20px; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); }
.hadal-scroll { overflow-x: auto; }
.hadal-matrix { border-collapse: separate; border-spacing: 2px; font: 12px/1.2 system-ui, sans-serif; }
.hadal-matrix th { font-weight: 500; padding: 2px 6px; white-space: nowrap; }
.hadal-matrix tbody th { text-align: end; }
.hadal-matrix thead th[scope=col] { writing-mode: vertical-rl; transform: rotate(180deg); text-align: start; padding: 6px 2px; }
.hadal-matrix td { min-width: 2.6em; padding: 6px 2px; text-align: center; border-radius: 4px; font-variant-numeric: tabular-nums; }
.hadal-matrix td[data-side=right] { background: color-mix(in srgb, ${LINES[0]} var(--share), transparent); }
.hadal-matrix td[data-side=wrong] { background: color-mix(in srgb, ${LINES[1]} var(--share), transparent); }
`;

const styled = new WeakSet<Document>();

/** Puts the style sheet into a document, once. */
export function ensureStyles(document: Document): void {
  if (styled.has(document)) return;
  styled.add(document);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  document.adoptedStyleSheets.push(sheet);
}
