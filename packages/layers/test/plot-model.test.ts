/** Pictures of models: every layer is in one, boxes keep apart, and lines run between what belongs together. */
import { describe, expect, it } from 'vitest';
import { add, concatenate, dense, input, model, plotModel, sequential } from '../src';
import { type Box, layOut } from '../src/plotting/layout';
import { numbers } from './helpers';

/** A graph of boxes at random: every one comes from some of those before it. */
function randomBoxes(seed: number, count: number): Box[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, index) => ({
    width: 20 + Math.floor(next() * 200),
    from: Array.from({ length: index }, (_, source) => source).filter(() => next() < 2 / count),
  }));
}

describe('the layout of a graph', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'keeps boxes apart from one another and from lines that pass (seed %i)',
    (seed) => {
      const boxes = randomBoxes(seed, 30);
      const layout = layOut(boxes);
      const spans = layout.boxes.map(({ x, row }, index) => ({
        row,
        from: x - boxes[index]!.width / 2,
        to: x + boxes[index]!.width / 2,
      }));
      const passing = layout.lines
        .flatMap((line) => line.slice(1, -1))
        .map(({ x, row }) => ({ row, from: x - 4, to: x + 4 }));
      const all = [...spans, ...passing];
      const overlaps = all.flatMap((a, index) =>
        all.slice(index + 1).filter((b) => a.row === b.row && a.from < b.to - 1e-6 && b.from < a.to - 1e-6),
      );
      expect(overlaps).toStrictEqual([]);
      expect(Math.min(...spans.map(({ from }) => from))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...spans.map(({ to }) => to))).toBeLessThanOrEqual(layout.width + 1e-6);
      expect(layout.lines).toHaveLength(boxes.reduce((sum, { from }) => sum + from.length, 0));
      for (const line of layout.lines) {
        expect(line.map(({ row }) => row - line[0]!.row)).toStrictEqual(line.map((_, step) => step));
      }
    },
  );

  it('puts a chain straight below its beginning', () => {
    const { boxes, rows } = layOut([
      { width: 50, from: [] },
      { width: 90, from: [0] },
      { width: 70, from: [1] },
    ]);
    expect(boxes.map(({ x, row }) => [x, row])).toStrictEqual([
      [45, 0],
      [45, 1],
      [45, 2],
    ]);
    expect(rows).toBe(3);
  });
});

describe('the picture of a model', () => {
  const residual = () => {
    const x = input([8], { name: 'features' });
    const shared = dense(8, { name: 'twice' });
    const once = shared.apply(x);
    const sum = add().apply([x, shared.apply(once)]);
    return model({
      inputs: x,
      outputs: dense(2, { name: 'scores' }).apply(concatenate().apply([sum, once])),
    });
  };

  it('has a box for every use of a layer and a line for every tensor', () => {
    const picture = plotModel(residual());
    const texts = [...picture.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(picture.match(/<rect x=/g)).toHaveLength(6);
    expect(picture.match(/marker-end/g)).toHaveLength(7);
    expect(texts.filter((text) => text === 'twice')).toHaveLength(2);
    expect(texts).toEqual(
      expect.arrayContaining([
        'features',
        '[batch, 8]',
        '72 parameters',
        'shared',
        'scores',
        '34 parameters',
      ]),
    );
  });

  it('shows what is asked for, and what is not known', () => {
    const chain = sequential([dense(3), dense(1, { inputShape: [3] })]);
    expect(plotModel(sequential([dense(3)]))).toMatch(/shape not known.*not built/);
    expect(plotModel(chain, { showShapes: false, showParameters: false })).not.toMatch(
      /batch|parameters|not built/,
    );
  });
});
