/**
 * Data types of the Open Inference Protocol and what their elements look like in JSON.
 */
import type { DType } from '@hadal/core';

/** The protocol's names of the types that models here can have. */
export type Datatype = 'FP32' | 'FP64' | 'INT32' | 'UINT8' | 'BOOL';

const DATATYPE: Record<DType, Datatype> = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  uint8: 'UINT8',
  bool: 'BOOL',
};

export const datatypeOf = (dtype: DType): Datatype => DATATYPE[dtype];

/** The largest number that float32 can hold. */
const FLOAT32_MAX = 3.4028234663852886e38;

const isInteger = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

/**
 * One JSON element as a number of this dtype.
 *
 * JSON has no infinity, but a literal such as 1e999 is read as one: it is refused, as is what float32 cannot hold.
 *
 * @returns undefined when the dtype cannot hold the value
 */
export function elementOf(dtype: DType, value: unknown): number | undefined {
  switch (dtype) {
    case 'float32':
      return typeof value === 'number' && Math.abs(value) <= FLOAT32_MAX ? value : undefined;
    case 'float64':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'int32':
      return isInteger(value, -(2 ** 31), 2 ** 31 - 1) ? value : undefined;
    case 'uint8':
      return isInteger(value, 0, 255) ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? Number(value) : isInteger(value, 0, 1) ? value : undefined;
  }
}

const ELEMENTS: Record<DType, string> = {
  float32: 'finite numbers up to ±3.4e38',
  float64: 'finite numbers',
  int32: 'integers from -2147483648 to 2147483647',
  uint8: 'integers from 0 to 255',
  bool: 'true, false, 1 or 0',
};

/** What `elementOf` takes, for messages. */
export const elementsOf = (dtype: DType): string => ELEMENTS[dtype];
