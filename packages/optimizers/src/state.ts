/** Reading a saved state: every entry is asked for once, and what nobody asked for is refused. */
import type { DType, HostArray } from '@hadal/core';
import { DataError, tensor, type Variable } from '@hadal/core';
import type { OptimizerState } from './optimizer';

/** Takes entries out of a state, one after another. */
export class StateReader {
  readonly #left: Map<string, HostArray>;

  constructor(state: OptimizerState) {
    this.#left = new Map(state);
  }

  /** @throws {DataError} when there is no such entry, or it has another dtype */
  array(name: string, dtype: DType): HostArray {
    const value = this.#left.get(name);
    if (value === undefined) throw new DataError('optimizer state', `'${name}' is missing.`);
    if (value.dtype !== dtype) {
      throw new DataError('optimizer state', `'${name}' is ${value.dtype}, expected ${dtype}.`);
    }
    this.#left.delete(name);
    return value;
  }

  /** @throws {DataError} when there is no such entry, or it is not one number of that dtype */
  scalar(name: string, dtype: DType): number {
    const { data } = this.array(name, dtype);
    if (data.length === 1) return data[0]!;
    throw new DataError('optimizer state', `'${name}' has ${data.length} elements, expected 1.`);
  }

  /** All entries whose names begin with `prefix`, under what follows it. */
  within(prefix: string): OptimizerState {
    const found = [...this.#left].filter(([name]) => name.startsWith(prefix));
    for (const [name] of found) this.#left.delete(name);
    return new Map(found.map(([name, array]) => [name.slice(prefix.length), array]));
  }

  /** @throws {DataError} when entries are left over */
  done(): void {
    const extra = [...this.#left.keys()];
    if (extra.length === 0) return;
    throw new DataError(
      'optimizer state',
      `${extra.length} unexpected entries: ${extra.slice(0, 5).join(', ')}.`,
      'The state belongs to another optimizer, or to more variables.',
    );
  }
}

/** A number that changes on the device, as an entry of a state. */
export const readScalar = async ({ value }: Variable): Promise<HostArray> => ({
  data: await value.data(),
  shape: [],
  dtype: value.dtype,
});

/** Sets a variable of one number. */
export const writeScalar = (target: Variable, value: number): void =>
  target.assign(tensor(value, { dtype: target.dtype }));
