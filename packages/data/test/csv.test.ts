/**
 * CSV with typed columns, and complaints that name the line and the column.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, DataError } from '@hadal/core';
import { fromArrays } from '@hadal/data';
import { parseCsv } from '@hadal/data/csv';
import { readCsvFile, readIdxFile } from '@hadal/data/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('parseCsv', () => {
  it('reads columns with the types it is told', () => {
    const { rows, names, columns } = parseCsv(
      'length,kind,count,ok\n5.1,setosa,3,true\n7.0,versicolor,-4,0\n',
      {
        columns: { kind: 'string', length: 'float32', count: 'int32', ok: 'bool' },
      },
    );
    expect(rows).toBe(2);
    expect(names).toEqual(['length', 'kind', 'count', 'ok']);
    expect(columns.length).toEqual({ data: Float32Array.of(5.1, 7), shape: [2], dtype: 'float32' });
    expect(columns.kind).toEqual(['setosa', 'versicolor']);
    expect(columns.count.data).toEqual(Int32Array.of(3, -4));
    expect(columns.ok).toEqual({ data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' });
  });

  it('leaves out columns that are not asked for', () => {
    const { names, columns } = parseCsv('a,b\nnot a number,2\n', { columns: { b: 'int32' } });
    expect(names).toEqual(['b']);
    expect(Object.keys(columns)).toEqual(['b']);
  });

  it('finds out types when it is not told', () => {
    const { columns } = parseCsv('whole,real,text\n1,1e-3,x\n-2,2,3\n');
    expect(columns.whole).toEqual({ data: Int32Array.of(1, -2), shape: [2], dtype: 'int32' });
    expect(columns.real).toEqual({ data: Float32Array.of(1e-3, 2), shape: [2], dtype: 'float32' });
    expect(columns.text).toEqual(['x', '3']);
  });

  it('reads files without a header', () => {
    expect(parseCsv('1,a\n2,b\n', { header: false }).names).toEqual(['column0', 'column1']);
    const { columns } = parseCsv('1,a\n2,b\n', { header: false, columns: { n: 'float64', s: 'string' } });
    expect(columns.n.data).toEqual(Float64Array.of(1, 2));
    expect(columns.s).toEqual(['a', 'b']);
  });

  it('understands quotes, other separators, Windows line ends, blank lines and a byte order mark', () => {
    const { columns } = parseCsv('\ufeffa;b\r\n1;"x; ""y""\r\nz"\r\n\r\n2;plain\r\n', { delimiter: ';' });
    expect(columns.a).toMatchObject({ data: Int32Array.of(1, 2) });
    expect(columns.b).toEqual(['x; "y"\r\nz', 'plain']);
  });

  it('reads special numbers and, when told so, empty cells as NaN', () => {
    const { columns } = parseCsv('x\nNaN\n-inf\n+3.\n.5\n', { columns: { x: 'float32' } });
    expect(columns.x.data).toEqual(Float32Array.of(Number.NaN, -Infinity, 3, 0.5));
    const gaps = parseCsv('x,y\n1,2\n,3\n', { columns: { x: 'float64' }, missing: 'nan' });
    expect(gaps.columns.x.data).toEqual(Float64Array.of(1, Number.NaN));
  });

  it('gives columns that become a dataset as they are', async () => {
    const { columns } = parseCsv('x,y\n1,a\n2,b\n3,a\n', { columns: { x: 'float32', y: 'string' } });
    const [batch] = await fromArrays(columns).batch(2).toArray();
    expect(batch).toEqual({
      x: { data: Float32Array.of(1, 2), shape: [2], dtype: 'float32' },
      y: ['a', 'b'],
    });
  });

  it('reads back any table of strings and numbers that was written by the rules', () => {
    const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
    const cells = fc.string({ unit: fc.constantFrom('a', 'ß', '"', ',', '\n', '\r\n', ' ', '😀', '0') });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cells, fc.double({ noNaN: true })), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        (table, lineEnd) => {
          const lines = [
            'text,number',
            ...table.map(([text, number]) => `${quote(text)},${Object.is(number, -0) ? '-0' : number}`),
          ];
          const { columns } = parseCsv(lines.join(lineEnd), {
            columns: { text: 'string', number: 'float64' },
          });
          expect(columns.text).toEqual(table.map(([text]) => text));
          expect(Array.from(columns.number.data)).toEqual(table.map(([, number]) => number));
        },
      ),
      { seed: 8, numRuns: 200 },
    );
  });
});

describe('CSV text that does not fit', () => {
  const columns = {
    name: 'string',
    age: 'int32',
    height: 'float32',
    member: 'bool',
    level: 'uint8',
  } as const;
  const header = 'name,age,height,member,level';

  it.each([
    ['a ragged row', `${header}\nAnn,1,1.5,1,0\nBob,2,1.5,1\n`, 'line 3 has 4 cells, expected 5'],
    ['a row that is too long', `${header}\nAnn,1,1.5,1,0,9\n`, 'line 2 has 6 cells, expected 5'],
    [
      'a word for a number',
      `${header}\nAnn,old,1.5,1,0\n`,
      'line 2, column "age": "old" is not a whole number',
    ],
    [
      'a fraction for a whole number',
      `${header}\nAnn,1.5,1.5,1,0\n`,
      'column "age": "1.5" is not a whole number',
    ],
    [
      'a number too large',
      `${header}\nAnn,3000000000,1.5,1,0\n`,
      '"3000000000" is outside -2147483648 to 2147483647',
    ],
    ['a level above 255', `${header}\nAnn,1,1.5,1,256\n`, 'column "level": "256" is outside 0 to 255'],
    ['hexadecimal', `${header}\nAnn,1,0x10,1,0\n`, 'column "height": "0x10" is not a number'],
    ['an empty number', `${header}\nAnn,1,,1,0\n`, 'column "height": "" is empty; missing: \'nan\' reads'],
    ['an empty whole number', `${header}\nAnn,,1,1,0\n`, 'column "age": "" is empty'],
    [
      'a doubtful truth',
      `${header}\nAnn,1,1.5,maybe,0\n`,
      'column "member": "maybe" is not true, false, 1 or 0',
    ],
    [
      'a line after quoted line breaks',
      `${header}\n"A\nn\nn",1,1,1,0\n\nBob,x,1,1,0\n`,
      'line 6, column "age": "x"',
    ],
    ['a missing column', 'name,age,height,member\nAnn,1,1,1\n', 'the text has no column "level"'],
    ['a doubled name', 'name,age,height,member,level,age\nAnn,1,1,1,1,1\n', 'two columns named "age"'],
    ['no rows', `${header}\n`, 'the text has no rows below its header'],
    ['nothing', '', 'the text has no rows'],
    ['an open quote', `${header}\nAnn,1,1,1,1\n"Bob,2,2,1,1\n`, 'line 3: Quoted field unterminated'],
  ])('%s is refused with its place', (_, text, message) => {
    expect(() => parseCsv(text, { columns })).toThrow(DataError);
    expect(() => parseCsv(text, { columns })).toThrow(message);
  });

  it('is named in the error', () => {
    expect(() => parseCsv('a\nx\n', { columns: { a: 'int32' }, name: 'ages.csv' })).toThrow(
      'ages.csv, line 2',
    );
  });

  it('cannot be separated by quotes or line breaks', () => {
    expect(() => parseCsv('a\n1\n', { delimiter: '"' })).toThrow(ArgumentError);
    expect(() => parseCsv('a\n1\n', { delimiter: '' })).toThrow('the delimiter is ""');
  });
});

describe('files', () => {
  it('are read from disk and named in errors', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hadal-data-'));
    try {
      const path = join(folder, 'ages.csv');
      await writeFile(path, 'age\n3\nfour\n');
      const { columns } = await readCsvFile(path, { columns: { age: 'string' } });
      expect(columns.age).toEqual(['3', 'four']);
      await expect(readCsvFile(path, { columns: { age: 'int32' } })).rejects.toThrow('ages.csv, line 3');
      await writeFile(join(folder, 'labels'), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
      expect((await readIdxFile(join(folder, 'labels'))).data).toEqual(Uint8Array.of(7, 9));
      await expect(readIdxFile(path)).rejects.toThrow('ages.csv is not an IDX file');
      await expect(readIdxFile(join(folder, 'none'))).rejects.toThrow(DataError);
      await expect(readCsvFile(join(folder, 'none'))).rejects.toThrow(
        'Paths are relative to the working folder',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
