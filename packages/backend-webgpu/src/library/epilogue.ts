/**
 * Epilogues of library kernels: a function `finish` that takes four neighbouring columns of a result, applies the scalar
 * program to each and stores what the program gives.
 */
import type { Epilogue, Register, SideInputKind } from '@hadal/core/backend';
import { functionsOf } from '../printer/functions';
import { ScalarPrinter } from '../printer/scalar';
import { bitsAt, range, storageType, wordAt } from '../words';

const VECTOR = 4;

/** Where bindings and scalars of a call are: among the bindings, and among the words of the uniform. Behind them is `zero`. */
export interface EpiloguePositions {
  readonly side: number;
  readonly outputs: number;
  readonly scalars: number;
}

/** `value` as the storage of its binding has it; registers and memory have the same two types. */
const asRegister = (value: string, storage: 'f32' | 'i32', type: Register): string =>
  storage === type ? value : `${storageType(type)}(${value})`;

/** The index of a side input for the n-th of four columns. */
const sideIndex = (kind: SideInputKind, base: string, n: number): string => {
  switch (kind) {
    case 'full':
      return `${base} + at + ${n}`;
    case 'column':
      return `${base} + column + ${n}`;
    case 'row':
      return `${base} + row`;
    case 'scalar':
      return base;
  }
};

/**
 * The function
 *
 *   finish(value: vec4<f32>, at: i32, row: i32, column: i32, count: i32)
 *
 * of which `at` is the place of the first of four columns in outputs and full side inputs, `row` and `column` its indices
 * for the other side inputs, and `count` how many of the columns belong to the result, when it is less than four.
 *
 * @param storesVectors whether outputs and full side inputs are bound as vectors; then all four columns always belong
 */
export function printEpilogue(
  { sideInputs, scalars, body, outputs }: Epilogue,
  positions: EpiloguePositions,
  storesVectors: boolean,
): string {
  const scalarNames = scalars.map(
    (type, i) => `bitcast<${storageType(type)}>(${bitsAt(positions.scalars + i)})`,
  );
  const printer = new ScalarPrinter();
  const baseOf = (position: number): string => wordAt(position);
  const column = (n: number): string => {
    const read = sideInputs.map(({ kind, storage, type }, i) => {
      const base = baseOf(positions.side + i);
      const value =
        kind === 'full' && storesVectors ? `full${i}[${n}]` : `side${i}[${sideIndex(kind, base, n)}]`;
      return `let r${1 + i} = ${asRegister(value, storageType(storage), type)};`;
    });
    const given = scalarNames.map((value, i) => `let r${1 + sideInputs.length + i} = ${value};`);
    const computed = body.map((instruction) => {
      const value =
        instruction.op === 'constant' ? printer.constant(instruction) : printer.print(instruction);
      return `let r${instruction.to} = ${value};`;
    });
    const stored = outputs.map(({ register, storage }, i) => {
      const value = register === 0 ? 'r0' : `r${register}`;
      const typed = storage === 'i32' && register === 0 ? `i32(${value})` : value;
      return storesVectors
        ? `stored${i}[${n}] = ${typed};`
        : `output${i}[${baseOf(positions.outputs + i)} + at + ${n}] = ${typed};`;
    });
    const lines = [`let r0 = value[${n}];`, ...read, ...given, ...computed, ...stored].join('\n    ');
    return storesVectors || n === 0 ? `  {\n    ${lines}\n  }` : `  if (count > ${n}) {\n    ${lines}\n  }`;
  };
  const columns = range(VECTOR).map(column).join('\n');
  const fulls = storesVectors
    ? sideInputs
        .map(({ kind }, i) =>
          kind === 'full' ? `  let full${i} = side${i}[(${baseOf(positions.side + i)} + at) >> 2];\n` : '',
        )
        .join('')
    : '';
  const declared = storesVectors
    ? outputs.map(({ storage }, i) => `  var stored${i}: vec4<${storageType(storage)}>;\n`).join('')
    : '';
  const written = storesVectors
    ? outputs
        .map((_, i) => `  output${i}[(${baseOf(positions.outputs + i)} + at) >> 2] = stored${i};\n`)
        .join('')
    : '';
  return `${functionsOf(printer.used)}
fn finish(value: vec4<f32>, at: i32, row: i32, column: i32, count: i32) {
  let zero = ${bitsAt(positions.scalars + scalars.length)};
${fulls}${declared}${columns}
${written}}
`;
}
