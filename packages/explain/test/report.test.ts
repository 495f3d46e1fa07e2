/** Reports: complete in one file, safe with any text, and written where they are asked for. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toPicture } from '../src/image/picture';
import { writePng, writeReport } from '../src/node';
import { escapeHtml } from '../src/report/escape';
import { type Report, renderReport } from '../src/report/report';

const picture = toPicture({ data: Float32Array.of(0, 1), shape: [1, 2], dtype: 'float32' });

const report = (title: string): Report => ({
  title,
  text: title,
  facts: [[title, title]],
  legends: [{ name: title, colorMap: 'blueRed', low: title, high: title }],
  sections: [
    {
      title,
      text: title,
      samples: [
        {
          title,
          text: title,
          verdict: 'wrong',
          pictures: [{ caption: title, picture }],
          scores: [{ label: title, share: 0.25, marked: true }],
        },
      ],
    },
  ],
  footer: title,
});

/** Undoes what escaping does. */
const decodeEntities = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('renderReport', () => {
  it('shows every text and every picture', () => {
    const html = renderReport(report('Ankle boot'));
    expect(html.match(/Ankle boot/g)?.length).toBeGreaterThanOrEqual(14);
    expect(html).toContain('25.0%');
    const encoded = /data:image\/png;base64,([^"]+)/.exec(html)?.[1] ?? '';
    expect(decode(Buffer.from(encoded, 'base64'))).toMatchObject({ width: 2, height: 1 });
  });

  it('needs nothing from outside and runs nothing', () => {
    const html = renderReport(report('Boot'));
    expect(html).not.toMatch(/<script|https?:|<link|@import|url\(/);
    expect(html).toContain(`default-src 'none'`);
  });

  it('keeps labels text, whatever they are', () => {
    const html = renderReport(report('"><script>alert(1)</script>'));
    expect(html).not.toContain('<script>');
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('has as many tags for any label as for a plain one', () => {
    const tags = (html: string): number => html.match(/[<>]/g)?.length ?? 0;
    const plain = tags(renderReport(report('plain')));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => tags(renderReport(report(text))) === plain),
      { seed: 9 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it('leaves out what is not given', () => {
    const html = renderReport({ title: 'Empty', sections: [] });
    expect(html).not.toMatch(/<dl|<ul|<footer>|undefined/);
  });

  it('refuses a bar longer than everything', () => {
    const base = report('x').sections[0]!.samples[0]!;
    const sample = { ...base, scores: [{ label: 'cat', share: 1.2 }] };
    expect(() => renderReport({ title: 'x', sections: [{ title: 'x', samples: [sample] }] })).toThrow(
      'renderReport: the share of "cat" is 1.2; expected a number from 0 to 1.',
    );
  });
});

describe('escapeHtml', () => {
  it('can be undone and leaves no markup', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => decodeEntities(escapeHtml(text)) === text && !/[<>"']/.test(escapeHtml(text)),
      ),
      { seed: 9 },
    );
    expect(escapeHtml('a & b')).toBe('a &amp; b');
  });
});

describe('writing files', () => {
  it('makes the folders on the way', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hadal-explain-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const html = join(folder, 'a', 'b', 'report.html');
    await writeReport(html, report('Boot'));
    expect(await readFile(html, 'utf8')).toBe(renderReport(report('Boot')));
    await writePng(join(folder, 'c', 'boot.png'), picture);
    expect(decode(await readFile(join(folder, 'c', 'boot.png')))).toMatchObject({ width: 2, height: 1 });
  });
});
