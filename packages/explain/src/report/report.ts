/**
 * The report: one HTML file that holds everything it shows, so that it can be mailed, archived and opened offline.
 */
import { ArgumentError } from '@hadal/core';
import { type ColorMapName, cssGradient } from '../image/color-map';
import { encodePng, type Picture } from '../image/picture';
import { escapeHtml, pngDataUri } from './escape';
import { REPORT_STYLE } from './style';

export interface Report {
  readonly title: string;
  /** A sentence or two under the title. */
  readonly text?: string;
  /** Figures at the top, such as ['Accuracy', '91.2 %']. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** What the colours mean. */
  readonly legends?: readonly ReportLegend[];
  readonly sections: readonly ReportSection[];
  /** Small print at the end. */
  readonly footer?: string;
}

export interface ReportLegend {
  readonly name: string;
  readonly colorMap: ColorMapName;
  /** What the left and the right end mean. */
  readonly low: string;
  readonly high: string;
}

export interface ReportSection {
  readonly title: string;
  readonly text?: string;
  readonly samples: readonly ReportSample[];
}

export interface ReportSample {
  readonly title: string;
  readonly text?: string;
  readonly verdict?: 'right' | 'wrong';
  readonly pictures: readonly { readonly caption: string; readonly picture: Picture }[];
  /** Bars; `share` is the length of the bar, 0 to 1, and what is written beside it in percent. */
  readonly scores?: readonly { readonly label: string; readonly share: number; readonly marked?: boolean }[];
}

/**
 * Renders a report as one HTML document: pictures inlined, no scripts, every text escaped, light and dark.
 *
 * @returns the text of the file
 * @throws {ArgumentError} when a share is not a number from 0 to 1
 * @example
 * const html = renderReport({
 *   title: 'Where the model looks',
 *   sections: [{ title: 'Wrong', samples: [{ title: 'Shirt, taken for a coat', verdict: 'wrong', pictures }] }],
 * });
 */
export function renderReport(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(report.title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(report.title)}</h1>
${paragraph(report.text)}${facts(report.facts ?? [])}${legends(report.legends ?? [])}
${report.sections.map(section).join('\n')}
${report.footer === undefined ? '' : `<footer>${escapeHtml(report.footer)}</footer>`}
</main>
</body>
</html>
`;
}

const paragraph = (text: string | undefined): string =>
  text === undefined ? '' : `<p>${escapeHtml(text)}</p>\n`;

function facts(items: NonNullable<Report['facts']>): string {
  if (items.length === 0) return '';
  const rows = items.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">\n${rows.join('\n')}\n</dl>\n`;
}

function legends(items: readonly ReportLegend[]): string {
  if (items.length === 0) return '';
  const rows = items.map(
    ({ name, colorMap, low, high }) =>
      `<li><span class="name">${escapeHtml(name)}</span>` +
      `<span class="scale" style="background: ${cssGradient(colorMap)}"></span>` +
      `<span class="ends"><span>${escapeHtml(low)}</span><span>${escapeHtml(high)}</span></span></li>`,
  );
  return `<ul class="legends">\n${rows.join('\n')}\n</ul>\n`;
}

function section({ title, text, samples }: ReportSection): string {
  return `<section>
<h2>${escapeHtml(title)}</h2>
${paragraph(text)}<div class="samples">
${samples.map(sample).join('\n')}
</div>
</section>`;
}

function sample({ title, text, verdict, pictures, scores }: ReportSample): string {
  const badge = verdict === undefined ? '' : `<span class="verdict ${verdict}">${verdict}</span>`;
  const figures = pictures.map(({ caption, picture }) => {
    const uri = pngDataUri(encodePng(picture));
    const alt = escapeHtml(`${title}: ${caption}`);
    return `<figure><img src="${uri}" alt="${alt}" width="${picture.width}" height="${picture.height}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  });
  return `<article>
<header><h3>${escapeHtml(title)}</h3>${badge}</header>
${paragraph(text)}<div class="pictures">${figures.join('')}</div>
${bars(scores ?? [])}</article>`;
}

function bars(scores: NonNullable<ReportSample['scores']>): string {
  if (scores.length === 0) return '';
  const rows = scores.map(({ label, share, marked }) => {
    if (!(share >= 0 && share <= 1)) {
      throw new ArgumentError(
        'renderReport',
        `the share of "${label}" is ${share}; expected a number from 0 to 1.`,
      );
    }
    const percent = `${(100 * share).toFixed(1)}%`;
    return (
      `<li${marked ? ' class="marked"' : ''}><span class="label" title="${escapeHtml(label)}">${escapeHtml(label)}</span>` +
      `<span class="track"><span class="fill" style="width: ${percent}"></span></span><span class="value">${percent}</span></li>`
    );
  });
  return `<ul class="scores">\n${rows.join('\n')}\n</ul>\n`;
}
