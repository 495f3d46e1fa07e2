/**
 * `@hadal/data/csv`: tables from CSV text. An entry of its own, so that the parser behind it is in no bundle that does not
 * read CSV.
 */
export {
  type CsvColumn,
  type CsvColumns,
  type CsvColumnType,
  type CsvOptions,
  type CsvSchema,
  type CsvTable,
  parseCsv,
} from './files/csv';
