/**
 * Typed errors. Every message reads `where: what is wrong.` followed by indented lines of advice, and while a layer
 * scope is active by the layer that was being built, so that the reader knows which call to change.
 */
import { currentScope } from './graph/state';

/** Base of all errors that Hadal throws on purpose. `where` is the operation or function that was called. */
export class HadalError extends Error {
  override readonly name: string = 'HadalError';

  /**
   * @param where  the operation or function that was called
   * @param what   what was given and what does not fit
   * @param advice what would fit, one sentence a line
   */
  constructor(
    readonly where: string,
    what: string,
    ...advice: readonly string[]
  ) {
    const scope = currentScope();
    const lines = scope === '' ? advice : [...advice, `in ${scope}`];
    super([`${where}: ${what}`, ...lines.map((line) => `  ${line}`)].join('\n'));
  }
}

/** Shapes do not fit each other or the operation. */
export class ShapeError extends HadalError {
  override readonly name = 'ShapeError';
}

/** A dtype the operation or the device cannot take. */
export class DTypeError extends HadalError {
  override readonly name = 'DTypeError';
}

/** An axis outside [-rank, rank), or given twice. */
export class AxisError extends HadalError {
  override readonly name = 'AxisError';
}

/** An argument outside its range or of the wrong kind. */
export class ArgumentError extends HadalError {
  override readonly name = 'ArgumentError';
}

/** A device is missing, lost, mixed with another one, or lacks a capability. */
export class DeviceError extends HadalError {
  override readonly name = 'DeviceError';
}

/** A function could not be traced by `compile` or `grad`, or changed since it was traced. */
export class TraceError extends HadalError {
  override readonly name = 'TraceError';
}

/** Data, files or requests that are truncated, corrupt or of the wrong format. */
export class DataError extends HadalError {
  override readonly name = 'DataError';
}

/** Debug mode met a NaN, an infinity, or a kernel that disagrees with the interpreter. */
export class NumericError extends HadalError {
  override readonly name = 'NumericError';
}
