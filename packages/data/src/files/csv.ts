/**
 * Tables from CSV text with typed columns. Papa Parse splits the text (quotes, line ends); what the cells mean is decided
 * here, and every complaint names the line and the column of the file.
 */
import { ArgumentError, DataError, type DType, type HostArray, hostArray } from '@hadal/core';
import Papa from 'papaparse';

/** What a column holds. */
export type CsvColumnType = DType | 'string';

/** Types of the columns to read, by name. */
export type CsvSchema = Readonly<Record<string, CsvColumnType>>;

/** Numbers become an array of shape [rows], strings a list. */
export type CsvColumn<Type extends CsvColumnType> = Type extends 'string' ? string[] : HostArray;

/** The columns of a table. */
export type CsvColumns<S extends CsvSchema> = { [Name in keyof S]: CsvColumn<S[Name]> };

/** How to read. */
export interface CsvOptions<S extends CsvSchema = CsvSchema> {
  /**
   * The columns to read and their types; others are left out. Without it all columns are read: whole numbers as int32,
   * other numbers as float32, anything else as strings. Without a header line it names all columns in their order.
   */
  readonly columns?: S;
  /** Whether the first line names the columns (default true). */
  readonly header?: boolean;
  /** What separates the cells (default a comma). */
  readonly delimiter?: string;
  /** What an empty cell of a number column means: an error (default), or NaN in float columns. */
  readonly missing?: 'error' | 'nan';
  /** What the text is, such as a file name, for error messages (default 'the text'). */
  readonly name?: string;
}

/** A table as columns: exactly what `fromArrays` takes. */
export interface CsvTable<S extends CsvSchema> {
  /** How many rows there are, without the header. */
  readonly rows: number;
  /** Names of the columns, in the order of the file. */
  readonly names: readonly string[];
  /** Columns by name, as typed as the schema says. */
  readonly columns: CsvColumns<S>;
}

/** A row of cells and the line of the file where it starts, counted from 1. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

const WHERE = 'parseCsv';
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};
const TRUTH: Readonly<Record<string, number>> = { true: 1, false: 0, '1': 1, '0': 0 };
const INTEGER_RANGE: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
};

const lineBreaks = (cell: string): number => cell.match(/\r\n|\n|\r/g)?.length ?? 0;

/** Splits the text into rows. Blank lines are left out; a row with quoted line breaks spans several lines. */
function splitRows(text: string, delimiter: string, name: string): Row[] {
  const parsed = Papa.parse<string[]>(text, { delimiter, header: false, skipEmptyLines: false });
  const lineOf: number[] = [];
  let line = 1;
  for (const cells of parsed.data) {
    lineOf.push(line);
    line += 1 + cells.reduce((breaks, cell) => breaks + lineBreaks(cell), 0);
  }
  const [problem] = parsed.errors;
  if (problem !== undefined) {
    throw new DataError(
      WHERE,
      `${name}, line ${lineOf[problem.row ?? 0] ?? 1}: ${problem.message}.`,
      'A cell that contains quotes, separators or line breaks is quoted, and quotes in it are doubled: "say ""hi""".',
    );
  }
  return parsed.data.flatMap((cells, index) =>
    cells.length === 1 && cells[0] === '' ? [] : [{ line: lineOf[index]!, cells }],
  );
}

/** Reads a number cell, or tells what is wrong with it. */
function readNumber(cell: string, type: DType, missing: 'error' | 'nan'): number | string {
  const text = cell.trim().toLowerCase();
  const isFloat = type === 'float32' || type === 'float64';
  if (text === '') {
    if (isFloat && missing === 'nan') return Number.NaN;
    return isFloat ? "is empty; missing: 'nan' reads empty cells as NaN" : 'is empty';
  }
  if (type === 'bool') return TRUTH[text] ?? 'is not true, false, 1 or 0';
  if (isFloat) return NUMBER.test(text) ? Number(text) : (SPECIAL[text] ?? 'is not a number');
  if (!INTEGER.test(text)) return 'is not a whole number';
  const value = Number(text);
  const [least, most] = INTEGER_RANGE[type] ?? [-Infinity, Infinity];
  return value < least || value > most ? `is outside ${least} to ${most}` : value;
}

/** One column of the file. */
interface Cells {
  readonly name: string;
  readonly index: number;
  readonly rows: readonly Row[];
}

function readColumn(
  { name, index, rows }: Cells,
  type: CsvColumnType,
  missing: 'error' | 'nan',
  fileName: string,
): HostArray | string[] {
  if (type === 'string') return rows.map(({ cells }) => cells[index]!);
  const data = hostArray(type, rows.length);
  rows.forEach(({ line, cells }, row) => {
    const cell = cells[index]!;
    const value = readNumber(cell, type, missing);
    if (typeof value === 'string') {
      throw new DataError(
        WHERE,
        `${fileName}, line ${line}, column "${name}": ${JSON.stringify(cell)} ${value}.`,
        `The column is read as ${type}; correct the cell or give the column another type: { columns: { "${name}": 'string' } }.`,
      );
    }
    data[row] = value;
  });
  return { data, shape: [rows.length], dtype: type };
}

/** The narrowest of int32, float32 and string that holds every cell. */
function inferType({ index, rows }: Cells, missing: 'error' | 'nan'): CsvColumnType {
  const holds = (type: DType): boolean =>
    rows.every(({ cells }) => typeof readNumber(cells[index]!, type, missing) === 'number');
  if (holds('int32')) return 'int32';
  return holds('float32') ? 'float32' : 'string';
}

function nameColumns(header: Row | undefined, schema: CsvSchema | undefined, width: number): string[] {
  if (header === undefined) {
    return schema === undefined
      ? Array.from({ length: width }, (_, index) => `column${index}`)
      : Object.keys(schema);
  }
  return header.cells.map((cell) => cell.trim());
}

function checkNames(names: readonly string[], schema: CsvSchema | undefined, fileName: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new DataError(
      WHERE,
      `${fileName} has two columns named "${twice}".`,
      'Give every column its own name.',
    );
  }
  const unknown = Object.keys(schema ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new DataError(
      WHERE,
      `${fileName} has no column "${unknown}".`,
      `Its columns are ${names.map((name) => `"${name}"`).join(', ')}.`,
      'If its first line holds data already, pass header: false.',
    );
  }
}

function checkWidths(rows: readonly Row[], names: readonly string[], fileName: string): void {
  const ragged = rows.find(({ cells }) => cells.length !== names.length);
  if (ragged === undefined) return;
  throw new DataError(
    WHERE,
    `${fileName}, line ${ragged.line} has ${ragged.cells.length} cells, expected ${names.length}: ${names.join(', ')}.`,
    'Quote cells that contain the separator, or name the right one: { delimiter: ";" }.',
  );
}

/**
 * Reads CSV text (RFC 4180) into typed columns.
 *
 * @param text    the whole file; a byte order mark and blank lines are left out
 * @param options columns and their types, header, delimiter, empty cells
 * @returns the columns, by name
 * @throws {DataError} with the line and the column: ragged rows, cells that do not fit the type, unclosed quotes, missing
 *                     or doubled column names, no rows at all
 * @example
 * const table = parseCsv('length,kind\n5.1,setosa\n7.0,versicolor\n', {
 *   columns: { length: 'float32', kind: 'string' },
 * });
 * table.columns.length.data; // Float32Array [5.1, 7]
 * table.columns.kind;        // ['setosa', 'versicolor']
 */
export function parseCsv<const S extends CsvSchema = CsvSchema>(
  text: string,
  options: CsvOptions<S> = {},
): CsvTable<S> {
  const { columns: schema, header = true, delimiter = ',', missing = 'error', name = 'the text' } = options;
  if (delimiter === '' || /["\r\n]/.test(delimiter)) {
    throw new ArgumentError(
      WHERE,
      `the delimiter is ${JSON.stringify(delimiter)}.`,
      'Expected "," or ";" or a tab.',
    );
  }
  const all = splitRows(text, delimiter, name);
  const rows = header ? all.slice(1) : all;
  const [first] = rows;
  if (first === undefined)
    throw new DataError(WHERE, `${name} has no rows${header ? ' below its header' : ''}.`);

  const names = nameColumns(header ? all[0] : undefined, schema, first.cells.length);
  checkNames(names, schema, name);
  checkWidths(rows, names, name);

  const columns = Object.fromEntries(
    names.flatMap((column, index) => {
      if (schema !== undefined && !(column in schema)) return [];
      const cells: Cells = { name: column, index, rows };
      return [[column, readColumn(cells, schema?.[column] ?? inferType(cells, missing), missing, name)]];
    }),
  );
  // Every column was read with the type that the schema gives it, which is what the type of the table says.
  return {
    rows: rows.length,
    names: names.filter((column) => column in columns),
    columns: columns as CsvColumns<S>,
  };
}
