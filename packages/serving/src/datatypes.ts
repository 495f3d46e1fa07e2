/**
 * Data types of the Open Inference Protocol and what their elements look like in JSON.
 */
import { type DType, isFloat, limitsOf } from '@hadal/core';

/** The protocol's names of the types that models here can have. */
export type Datatype =
  | 'FP16'
  | 'BF16'
  | 'FP32'
  | 'FP64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'UINT8'
  | 'UINT32'
  | 'BOOL';

const DATATYPE: Record<DType, Datatype> = {
  float16: 'FP16',
  bfloat16: 'BF16',
  float32: 'FP32',
  float64: 'FP64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint32: 'UINT32',
  bool: 'BOOL',
};

export const datatypeOf = (dtype: DType): Datatype => DATATYPE[dtype];

/** The largest finite numbers of the floats. */
const LARGEST: Partial<Record<DType, number>> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
};

/**
 * One JSON element as a number of this dtype.
 *
 * JSON has no infinity, but a literal such as 1e999 is read as one: it is refused, as is what the dtype cannot hold.
 *
 * @returns undefined when the dtype cannot hold the value
 */
export function elementOf(dtype: DType, value: unknown): number | undefined {
  if (dtype === 'bool' && typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (isFloat(dtype)) return Math.abs(value) <= (LARGEST[dtype] ?? Number.MAX_VALUE) ? value : undefined;
  const [least, most] = limitsOf(dtype);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

/** What `elementOf` takes, for messages. */
export function elementsOf(dtype: DType): string {
  if (dtype === 'bool') return 'true, false, 1 or 0';
  if (dtype === 'float64') return 'finite numbers';
  if (isFloat(dtype)) return `finite numbers up to ±${LARGEST[dtype]?.toPrecision(2).replace('+', '')}`;
  const [least, most] = limitsOf(dtype);
  return `integers from ${least} to ${most}`;
}
