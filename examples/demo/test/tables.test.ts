import { describe, expect, it } from 'vitest';
import { confusionTable, qualityTable } from '../src/tables';

// Worked by hand: three classes, the last of which is never predicted.
const matrix = [
  [8, 2, 0],
  [1, 4, 0],
  [3, 0, 0],
];
const names = ['cat', 'dog', 'axolotl'];

describe('tables', () => {
  it('show precision and recall of each class', () => {
    expect(qualityTable(matrix, names)).toBe(
      [
        'class    precision  recall  images',
        '──────────────────────────────────',
        'cat         66.7 %  80.0 %      10',
        'dog         66.7 %  80.0 %       5',
        'axolotl      0.0 %   0.0 %       3',
      ].join('\n'),
    );
  });

  it('show which class was taken for which', () => {
    expect(confusionTable(matrix, names)).toBe(
      [
        'true ↓  predicted →  cat  dog  axolotl',
        '──────────────────────────────────────',
        'cat                    8    2        ·',
        'dog                    1    4        ·',
        'axolotl                3    ·        ·',
      ].join('\n'),
    );
  });
});
