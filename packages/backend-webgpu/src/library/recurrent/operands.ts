/**
 * What a recurrent call binds, where its words are, and how the shaders of all cells read four sequences at once.
 *
 * A call's arguments are length, batch and units, then offset and strides of each operand. Rows of results lie contiguous:
 * one for each step and one for the beginning, in the order of time.
 */
import type { RecurrentPayload } from '@hadal/core/recurrent';
import { declareBinding, declareWords, range, wordAt } from '../../words';

/** What the code of a call depends on. */
export interface RecurrentCode extends RecurrentPayload {
  /** Invocations of a workgroup, at least one for each unit. */
  readonly width: number;
}

/** Sequences that a workgroup takes: a weight that is read serves each of them. */
export const SEQUENCES = 4;

const HEADER = ['length', 'batch', 'units'] as const;

interface Operand {
  readonly name: string;
  readonly rank: number;
  readonly type: 'f32' | 'i32';
}

/** In the order of the composite's inputs. */
function operandsOf({ cell, isGradient, isMasked }: RecurrentPayload): readonly Operand[] {
  const floats = (name: string, rank: number): Operand => ({ name, rank, type: 'f32' });
  const isLstm = cell === 'lstm';
  return [
    floats('projected', 3),
    floats('recurrent', 2),
    ...(cell === 'gruAfter' ? [floats('bias', 1)] : []),
    floats('hidden', 2),
    ...(isLstm ? [floats('cell', 2)] : []),
    ...(isMasked ? [{ name: 'mask', rank: 2, type: 'i32' } as const] : []),
    ...(isGradient ? [floats('rows', 3), floats('given', 3)] : []),
    ...(isGradient && isLstm ? [floats('later', 2)] : []),
  ];
}

/** Values of a unit that a row has. */
const valuesOf = ({ cell, isGradient }: RecurrentPayload): number =>
  isGradient ? 4 : cell === 'lstm' ? 6 : 5;

/** How many bindings a call has. */
export const bindingsOf = (payload: RecurrentPayload): number => operandsOf(payload).length + 1;

/** Prints what shaders of recurrent calls have in common. */
export class RecurrentPrinter {
  readonly #operands: readonly Operand[];
  readonly #values: number;

  constructor(readonly code: RecurrentCode) {
    this.#operands = operandsOf(code);
    this.#values = valuesOf(code);
  }

  get bindings(): number {
    return this.#operands.length + 1;
  }

  /** Words of an operand: `index` 0 is its offset, then come its strides. */
  #word(name: string, index: number): string {
    let at = this.bindings + HEADER.length;
    for (const operand of this.#operands) {
      if (operand.name === name) return wordAt(at + index);
      at += 1 + operand.rank;
    }
    throw new RangeError(`a recurrent call has no operand ${name}`);
  }

  stride(name: string, axis: number): string {
    return this.#word(name, 1 + axis);
  }

  /** Where the first element of an operand lies. */
  base(name: string): string {
    const binding = this.#operands.findIndex((operand) => operand.name === name);
    return `${wordAt(binding)} + ${this.#word(name, 0)}`;
  }

  declarations(): string {
    const words = this.#operands.reduce((total, { rank }) => total + 1 + rank, this.bindings + HEADER.length);
    return [
      declareWords(words),
      ...this.#operands.map(({ name, type }, i) => declareBinding(i, name, type)),
      declareBinding(this.#operands.length, 'result', 'f32'),
    ].join('');
  }

  /** Statements that name extents, the sequences of this workgroup, and the unit of this invocation. */
  beginning(): string {
    const header = (name: (typeof HEADER)[number]): string => wordAt(this.bindings + HEADER.indexOf(name));
    return `let first = i32(group.y * groups.x + group.x) * ${SEQUENCES};
  let batch = ${header('batch')};
  if (first >= batch) { return; }
  let length = ${header('length')};
  let units = ${header('units')};
  let slot = i32(index);
  let unit = min(slot, units - 1);
  ${range(SEQUENCES)
    .map((n) => `let sequence${n} = min(first + ${n}, batch - 1);`)
    .join(' ')}
  let weightsAt = ${this.base('recurrent')};
  let weightRow = ${this.stride('recurrent', 0)};
  let weightColumn = ${this.stride('recurrent', 1)};
  let resultAt = ${wordAt(this.#operands.length)};`;
  }

  /** Four sequences' elements of an operand, whose places are those of the batch axis and `rest`. */
  four(name: string, batchAxis: number, rest: string): string {
    const elements = range(SEQUENCES).map(
      (n) => `${name}[${this.base(name)} + sequence${n} * ${this.stride(name, batchAxis)} + ${rest}]`,
    );
    return `vec4<f32>(${elements.join(', ')})`;
  }

  /** A value of this unit in a row of the run. */
  left(row: string, value: number): string {
    return this.four(
      'rows',
      1,
      `(${row}) * ${this.stride('rows', 0)} + (${value} * units + unit) * ${this.stride('rows', 2)}`,
    );
  }

  /** Where a step is open, as vec4<bool>; undefined without a mask. */
  open(time: string): string | undefined {
    if (!this.code.isMasked) return undefined;
    const elements = range(SEQUENCES).map(
      (n) =>
        `mask[${this.base('mask')} + (${time}) * ${this.stride('mask', 0)} + sequence${n} * ${this.stride('mask', 1)}] != 0`,
    );
    return `vec4<bool>(${elements.join(', ')})`;
  }

  /** Stores the values of this unit in a row of the result. */
  store(row: string, values: readonly string[]): string {
    const sequences = range(SEQUENCES).map((n) => {
      const at = `(((${row}) * batch + first + ${n}) * ${this.#values}) * units + slot`;
      const stores = values.map((value, i) => `result[to + ${i} * units] = ${value}[${n}];`);
      return `if (first + ${n} < batch) { let to = resultAt + ${at}; ${stores.join(' ')} }`;
    });
    return `if (slot < units) {\n    ${sequences.join('\n    ')}\n  }`;
  }
}

/**
 * Activations of four numbers at once, as exact as those of loop kernels: `exp4` takes ln 2 in two parts, the first with so
 * few bits that its product with an exponent is exact.
 */
export const ACTIVATIONS = `
fn exp4(x: vec4<f32>) -> vec4<f32> {
  let bounded = clamp(x, vec4<f32>(-87.0), vec4<f32>(88.0));
  let n = round(bounded * 1.44269504);
  let r = (bounded - n * 0.693145751953125) - n * 1.42860676533018e-6;
  let tail = 0.04166666667 + r * (0.008333333333 + r * (0.001388888889 + r * 0.0001984126984));
  let fraction = 1.0 + r * (1.0 + r * (0.5 + r * (0.1666666667 + r * tail)));
  let power = fraction * bitcast<vec4<f32>>((vec4<i32>(n) + 127) << vec4<u32>(23u));
  return select(power, x, (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u));
}

fn sigmoid4(x: vec4<f32>) -> vec4<f32> { return 1.0 / (exp4(-x) + 1.0); }

fn tanh4(x: vec4<f32>) -> vec4<f32> {
  let z = x * x;
  let small = x + x * z * (-0.3333333333 + z * (0.1333333333 + z * (-0.05396825397 + z * 0.02186948854)));
  let size = 1.0 - 2.0 / (exp4(2.0 * abs(x)) + 1.0);
  return select(select(size, -size, x < vec4<f32>()), small, abs(x) < vec4<f32>(0.25));
}
`;
