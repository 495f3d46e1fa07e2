/**
 * What a call of attention binds and where its words are.
 *
 * Its arguments are `HEADER`, the extents of the batch, and for each operand its offset and strides: along the batch, of rows
 * and of columns, 0 along axes on which it is repeated. The scale comes as the bits of a float32.
 */
import { declareBinding, declareWords, range, wordAt } from '../../words';

const OPERANDS = ['query', 'key', 'value', 'cotangent'] as const;
export type OperandName = (typeof OPERANDS)[number];

/** What the code of a call depends on. */
export interface AttentionCode {
  readonly kind: 'attention';
  readonly isGradient: boolean;
  readonly isCausal: boolean;
  readonly isMasked: boolean;
  /** Extents of a row of queries and keys, and of one of values. */
  readonly depth: number;
  readonly width: number;
  /** How many axes the batch has. */
  readonly axes: number;
  /** Operands that can be read four elements at once. */
  readonly vectors: readonly OperandName[];
  /** Rows that an invocation takes, and invocations of a workgroup. */
  readonly rows: number;
  readonly invocations: number;
  /** Whether a workgroup brings what all of its rows meet into workgroup memory. */
  readonly isShared: boolean;
}

const HEADER = ['queries', 'keys', 'heads', 'scale'] as const;
export const VECTOR = 4;

/** Vectors that a row of so many elements takes. */
export const vectorsIn = (extent: number): number => Math.ceil(extent / VECTOR);

export const operandNames = (isGradient: boolean): readonly OperandName[] =>
  OPERANDS.slice(0, isGradient ? 4 : 3);

/** Whether rows at such a place can be read four elements at once. */
export const readsVectors = (place: readonly number[], columns: number): boolean =>
  columns % VECTOR === 0 && place.at(-1) === 1 && place.slice(0, -1).every((each) => each % VECTOR === 0);

const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0] ?? 0;

export const argumentsOf = (
  extents: { readonly queries: number; readonly keys: number; readonly scale: number },
  batch: readonly number[],
  places: readonly (readonly number[])[],
): number[] => {
  const heads = batch.reduce((total, extent) => total * extent, 1);
  return [extents.queries, extents.keys, heads, bitsOf(extents.scale), ...batch, ...places.flat()];
};

/** Prints what shaders of attention have in common. */
export class AttentionPrinter {
  readonly #names: readonly string[];

  constructor(readonly code: AttentionCode) {
    this.#names = [...operandNames(code.isGradient), ...(code.isMasked ? ['mask'] : [])];
  }

  /** Operands, the result, and what a gradient keeps of each query. */
  get bindings(): number {
    return this.#names.length + (this.code.isGradient ? 2 : 1);
  }

  get access(): ('read' | 'write')[] {
    return range(this.bindings).map((i) => (i < this.#names.length ? 'read' : 'write'));
  }

  header(name: (typeof HEADER)[number]): string {
    const word = wordAt(this.bindings + HEADER.indexOf(name));
    return name === 'scale' ? `bitcast<f32>(${word})` : word;
  }

  /** The binding of what is bound behind the operands. */
  bound(name: 'result' | 'kept'): string {
    return wordAt(this.#names.length + (name === 'result' ? 0 : 1));
  }

  /** Whether results are stored four elements at once. */
  get storesVectors(): boolean {
    return this.code.depth % VECTOR === 0 && this.code.width % VECTOR === 0;
  }

  #word(name: string, index: number): string {
    const { axes } = this.code;
    const first = this.bindings + HEADER.length + axes;
    return wordAt(first + this.#names.indexOf(name) * (axes + 3) + index);
  }

  /** The stride of an operand's rows or columns. */
  stride(name: string, along: 'row' | 'column'): string {
    return this.#word(name, 1 + this.code.axes + (along === 'row' ? 0 : 1));
  }

  declarations(): string {
    const { axes, vectors } = this.code;
    const words = this.bindings + HEADER.length + axes + this.#names.length * (axes + 3);
    const isVector = (name: string): boolean => vectors.some((each) => each === name);
    const typeOf = (name: string): string => (name === 'mask' ? 'i32' : isVector(name) ? 'vec4<f32>' : 'f32');
    return [
      declareWords(words),
      ...this.#names.map((name, i) => declareBinding(i, name, typeOf(name))),
      declareBinding(this.#names.length, 'result', this.storesVectors ? 'vec4<f32>' : 'f32'),
      this.code.isGradient ? declareBinding(this.#names.length + 1, 'kept', 'vec4<f32>') : '',
      ...this.#names.map((name, i) => this.#place(name, i)),
      ...this.#names.filter((name) => name !== 'mask').map((name) => this.#part(name, isVector(name))),
    ].join('');
  }

  /** Where the matrix of a head begins. */
  #place(name: string, binding: number): string {
    const { axes } = this.code;
    const division = range(axes)
      .reverse()
      .map((axis) => {
        const extent = wordAt(this.bindings + HEADER.length + axis);
        return `{ let extent = ${extent}; place += (rest % extent) * ${this.#word(name, 1 + axis)}; rest = rest / extent; }`;
      });
    return `fn ${name}Place(head: i32) -> i32 {
  var place = ${wordAt(binding)} + ${this.#word(name, 0)};
  var rest = head;
  ${division.join('\n  ')}
  return place;
}
`;
  }

  /** Four elements of a row; there are zeros beyond its end. */
  #part(name: string, isVector: boolean): string {
    const extent = this.extentOf(name);
    const element = (n: number): string => {
      const read = `${name}[row + (part * ${VECTOR} + ${n}) * ${this.stride(name, 'column')}]`;
      return extent % VECTOR === 0 ? read : `select(0.0, ${read}, part * ${VECTOR} + ${n} < ${extent})`;
    };
    const value = isVector
      ? `${name}[(row >> 2) + part]`
      : `vec4<f32>(${range(VECTOR).map(element).join(', ')})`;
    return `fn ${name}Part(row: i32, part: i32) -> vec4<f32> { return ${value}; }\n`;
  }

  extentOf(name: string): number {
    return name === 'query' || name === 'key' ? this.code.depth : this.code.width;
  }

  /** Stores a row whose vectors are `value(part)` at element `at` of the result. */
  storeRow(at: string, extent: number, value: (part: number) => string): string {
    return range(vectorsIn(extent))
      .map((part) => {
        const first = part * VECTOR;
        if (this.storesVectors) return `result[(${at} + ${first}) >> 2] = ${value(part)};`;
        const elements = range(Math.min(VECTOR, extent - first));
        const stores = elements.map((n) => `result[${at} + ${first + n}] = part${part}[${n}];`);
        return `let part${part} = ${value(part)}; ${stores.join(' ')}`;
      })
      .join('\n    ');
  }

  /** Whether a query may attend to a key. */
  isOpen(query: string, key: string): string {
    const { isCausal, isMasked } = this.code;
    const rules = [
      ...(isCausal ? [`${key} <= ${query}`] : []),
      ...(isMasked
        ? [
            `mask[maskAt + ${query} * ${this.stride('mask', 'row')} + ${key} * ${this.stride('mask', 'column')}] != 0`,
          ]
        : []),
    ];
    return rules.length === 0 ? 'true' : rules.join(' && ');
  }

  /**
   * Statements that walk rows from `begin` to `end`, which this invocation wants, of two operands that have as many. In
   * workgroup memory, or where they lie.
   *
   * @param bounds what all invocations of the workgroup want together
   * @param body   for the row `position`, whose vectors of either operand it can name
   */
  walk(
    operands: readonly [OperandName, OperandName],
    rows: string,
    [begin, end]: readonly [string, string],
    bounds: readonly [string, string],
    body: (position: string, part: (operand: 0 | 1, part: number) => string) => string,
  ): { readonly declarations: string; readonly code: string } {
    const { isShared, invocations } = this.code;
    const vectors = operands.map((name) => vectorsIn(this.extentOf(name)));
    const rowAt = (i: number, position: string): string =>
      `${operands[i]}At + ${position} * ${this.stride(operands[i] ?? '', 'row')}`;
    if (!isShared) {
      return {
        declarations: '',
        code: `for (var position = ${begin}; position < ${end}; position++) {
    let firstRow = ${rowAt(0, 'position')};
    let secondRow = ${rowAt(1, 'position')};
    ${body('position', (i, part) => `${operands[i]}Part(${i === 0 ? 'firstRow' : 'secondRow'}, ${part})`)}
  }`,
      };
    }
    const block = (i: number): string => `${operands[i]}Block`;
    const load = (
      i: number,
    ): string => `for (var e = i32(index); e < ${BLOCK_ROWS * (vectors[i] ?? 0)}; e += ${invocations}) {
      let row = min(block + e / ${vectors[i]}, ${rows} - 1);
      ${block(i)}[e] = ${operands[i]}Part(${rowAt(i, 'row')}, e % ${vectors[i]});
    }`;
    return {
      declarations: operands
        .map((_, i) => `var<workgroup> ${block(i)}: array<vec4<f32>, ${BLOCK_ROWS * (vectors[i] ?? 0)}>;\n`)
        .join(''),
      code: `for (var block = ${bounds[0]}; block < ${bounds[1]}; block += ${BLOCK_ROWS}) {
    workgroupBarrier();
    ${load(0)}
    ${load(1)}
    workgroupBarrier();
    let stop = min(block + ${BLOCK_ROWS}, ${end});
    for (var position = max(block, ${begin}); position < stop; position++) {
    let inBlock = position - block;
    ${body('position', (i, part) => `${block(i)}[inBlock * ${vectors[i]} + ${part}]`)}
    }
  }`,
    };
  }
}

/** Rows that a workgroup has in its memory at once: of two operands with 128 columns they fill what WebGPU guarantees. */
const BLOCK_ROWS = 16;
