/**
 * Mutants of scalar operations: each operation a little off, and each of the subtleties of the kernel form forgotten.
 */
import type { Instruction, LoopKernel, ScalarInstruction, ScalarOp } from '@hadal/core/backend';
import type { Mutant } from './mutant';
import { type Emitter, type InstructionRewrite, rewriteInstructions } from './rewrite';

/** Large against every tolerance, small enough to hide from a careless test. */
const SLIGHTLY_OFF = 1.0005;

const isScalar = (instruction: Instruction, op: ScalarOp): instruction is ScalarInstruction =>
  instruction.op === op && 'operands' in instruction;

const FLOAT_OPS: readonly ScalarOp[] = [
  'add',
  'sub',
  'mul',
  'div',
  'recip',
  'sqrt',
  'rsqrt',
  'exp2',
  'log2',
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'erf',
  'pow',
  'max',
  'min',
  'neg',
  'abs',
  'floor',
  'ceil',
  'round',
  'sign',
  'select',
];

/** Operations whose float results come out too large. */
const imprecise = FLOAT_OPS.map((op): Mutant => {
  const rewrite: InstructionRewrite = (instruction, emit) => {
    if (!isScalar(instruction, op) || instruction.type === 'i32') return false;
    const right = emit.push({ ...instruction, to: emit.register });
    emit.apply(
      'mul',
      instruction.type,
      [right, emit.constant(instruction.type, SLIGHTLY_OFF)],
      instruction.to,
    );
    return true;
  };
  return { name: `${op} is slightly off`, mutate: (kernel) => rewriteInstructions(kernel, rewrite) };
});

const INTEGER_OPS: readonly ScalarOp[] = [
  'lt',
  'le',
  'eq',
  'ne',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
  'idiv',
  'mod',
  'convert',
  'bitcast',
];

/** Operations whose integer results have their lowest bit flipped. */
const flipped = INTEGER_OPS.map((op): Mutant => {
  const rewrite: InstructionRewrite = (instruction, emit) => {
    if (!isScalar(instruction, op) || instruction.type !== 'i32') return false;
    const right = emit.push({ ...instruction, to: emit.register });
    emit.apply('xor', 'i32', [right, emit.constant('i32', 1)], instruction.to);
    return true;
  };
  return { name: `${op} flips the lowest bit`, mutate: (kernel) => rewriteInstructions(kernel, rewrite) };
});

/** A mutant that replaces float or integer uses of one operation. */
function subtle(
  name: string,
  op: ScalarOp,
  from: 'float' | 'i32',
  replace: (instruction: ScalarInstruction, emit: Emitter) => void,
): Mutant {
  return {
    name,
    mutate: (kernel: LoopKernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (!isScalar(instruction, op) || (instruction.from === 'i32') !== (from === 'i32')) return false;
        // Between floats there is nothing to truncate.
        if (op === 'convert' && from === 'float' && instruction.type !== 'i32') return false;
        replace(instruction, emit);
        return true;
      }),
  };
}

const operandsOf = ({ operands }: ScalarInstruction): readonly [number, number, number] => [
  operands[0] ?? 0,
  operands[1] ?? 0,
  operands[2] ?? 0,
];

/** 1 where the floored quotient differs from the truncated one: a remainder is left and the signs differ. */
function wasFloored(emit: Emitter, a: number, b: number): number {
  const zero = emit.constant('i32', 0);
  const hasRest = emit.compare('ne', 'i32', [emit.apply('mod', 'i32', [a, b]), zero]);
  const signs = emit.apply('xor', 'i32', [
    emit.compare('lt', 'i32', [a, zero]),
    emit.compare('lt', 'i32', [b, zero]),
  ]);
  return emit.apply('and', 'i32', [hasRest, signs]);
}

const forgotten: readonly Mutant[] = [
  subtle('max loses NaN', 'max', 'float', (instruction, emit) => {
    const [x, y] = operandsOf(instruction);
    emit.select(instruction.type, emit.compare('lt', instruction.from, [x, y]), y, x, instruction.to);
  }),
  subtle('min loses NaN', 'min', 'float', (instruction, emit) => {
    const [x, y] = operandsOf(instruction);
    emit.select(instruction.type, emit.compare('lt', instruction.from, [x, y]), x, y, instruction.to);
  }),
  subtle('integer division truncates', 'idiv', 'i32', (instruction, emit) => {
    const [a, b] = operandsOf(instruction);
    emit.apply('add', 'i32', [emit.apply('idiv', 'i32', [a, b]), wasFloored(emit, a, b)], instruction.to);
  }),
  subtle('the remainder has the sign of the dividend', 'mod', 'i32', (instruction, emit) => {
    const [a, b] = operandsOf(instruction);
    const excess = emit.apply('mul', 'i32', [
      wasFloored(emit, a, b),
      emit.apply('mul', 'i32', [b, emit.constant('i32', -1)]),
    ]);
    emit.apply('add', 'i32', [emit.apply('mod', 'i32', [a, b]), excess], instruction.to);
  }),
  subtle('integer division by 0 gives -1', 'idiv', 'i32', (instruction, emit) => {
    const [a, b] = operandsOf(instruction);
    const fine = emit.compare('ne', 'i32', [b, emit.constant('i32', 0)]);
    emit.select('i32', fine, emit.apply('idiv', 'i32', [a, b]), emit.constant('i32', -1), instruction.to);
  }),
  subtle('integers saturate when added', 'add', 'i32', (instruction, emit) => {
    const [a, b] = operandsOf(instruction);
    const sum = emit.apply('add', 'i32', [a, b]);
    const zero = emit.constant('i32', 0);
    const positive = emit.apply('and', 'i32', [
      emit.compare('lt', 'i32', [zero, a]),
      emit.compare('lt', 'i32', [zero, b]),
    ]);
    const overflowed = emit.apply('and', 'i32', [positive, emit.compare('lt', 'i32', [sum, zero])]);
    emit.select('i32', overflowed, emit.constant('i32', 2 ** 31 - 1), sum, instruction.to);
  }),
  subtle('integer products lose their high bits', 'mul', 'i32', (instruction, emit) => {
    const product = emit.apply('mul', 'i32', operandsOf(instruction).slice(0, 2));
    emit.apply('and', 'i32', [product, emit.constant('i32', 0x3fffffff)], instruction.to);
  }),
  subtle('shifting right loses the sign', 'shr', 'i32', (instruction, emit) => {
    const [x, count] = operandsOf(instruction);
    const mask = emit.apply('shr', 'i32', [
      emit.constant('i32', 0x7fffffff),
      emit.apply('add', 'i32', [count, emit.constant('i32', -1)]),
    ]);
    emit.apply('and', 'i32', [emit.apply('shr', 'i32', [x, count]), mask], instruction.to);
  }),
  ...(['float', 'i32'] as const).flatMap((kind) => [
    subtle(`less than is less or equal for ${kind}`, 'lt', kind, (instruction, emit) => {
      const [x, y] = operandsOf(instruction);
      const differs = emit.compare('ne', instruction.from, [x, y]);
      const same = emit.apply('xor', 'i32', [differs, emit.constant('i32', 1)]);
      emit.apply('or', 'i32', [emit.compare('lt', instruction.from, [x, y]), same], instruction.to);
    }),
    subtle(`less or equal is less than for ${kind}`, 'le', kind, (instruction, emit) => {
      emit.push({ ...instruction, op: 'lt' });
    }),
  ]),
  subtle('NaN does not differ from anything', 'ne', 'float', (instruction, emit) => {
    const [x, y] = operandsOf(instruction);
    const [less, more] = [
      emit.compare('lt', instruction.from, [x, y]),
      emit.compare('lt', instruction.from, [y, x]),
    ];
    emit.apply('or', 'i32', [less, more], instruction.to);
  }),
  subtle('NaN equals NaN', 'eq', 'float', (instruction, emit) => {
    const [x, y] = operandsOf(instruction);
    const [less, more] = [
      emit.compare('lt', instruction.from, [x, y]),
      emit.compare('lt', instruction.from, [y, x]),
    ];
    emit.apply(
      'xor',
      'i32',
      [emit.apply('or', 'i32', [less, more]), emit.constant('i32', 1)],
      instruction.to,
    );
  }),
  ...(['float', 'i32'] as const).map((kind) =>
    subtle(`select of ${kind} takes the other branch`, 'select', kind, (instruction, emit) => {
      const [condition, yes, no] = operandsOf(instruction);
      emit.select(instruction.type, condition, no, yes, instruction.to);
    }),
  ),
  subtle('conversion to integers rounds down', 'convert', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    emit.push({ ...instruction, operands: [emit.apply('floor', instruction.from, [x])] });
  }),
  subtle('conversion to integers does not saturate', 'convert', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const isLarge = emit.compare('lt', instruction.from, [emit.constant(instruction.from, 2 ** 31), x]);
    const right = emit.push({ ...instruction, to: emit.register });
    emit.select('i32', isLarge, emit.constant('i32', -(2 ** 31)), right, instruction.to);
  }),
  subtle('NaN becomes 1 as an integer', 'convert', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const isMissing = emit.compare('ne', instruction.from, [x, x]);
    const right = emit.push({ ...instruction, to: emit.register });
    emit.select('i32', isMissing, emit.constant('i32', 1), right, instruction.to);
  }),
  subtle('conversion from integers is off by one', 'convert', 'i32', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    emit.push({ ...instruction, operands: [emit.apply('add', 'i32', [x, emit.constant('i32', 1)])] });
  }),
  subtle('rounding takes halves up', 'round', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const { type } = instruction;
    emit.apply('floor', type, [emit.apply('add', type, [x, emit.constant(type, 0.5)])], instruction.to);
  }),
  subtle('floor truncates', 'floor', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const { type } = instruction;
    const isNegative = emit.compare('lt', type, [x, emit.constant(type, 0)]);
    emit.select(
      type,
      isNegative,
      emit.apply('ceil', type, [x]),
      emit.apply('floor', type, [x]),
      instruction.to,
    );
  }),
  subtle('the sign of 0 is 1', 'sign', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const { type } = instruction;
    const differs = emit.compare('ne', type, [x, emit.constant(type, 0)]);
    emit.select(type, differs, emit.apply('sign', type, [x]), emit.constant(type, 1), instruction.to);
  }),
  subtle('the absolute value of NaN is 0', 'abs', 'float', (instruction, emit) => {
    const [x] = operandsOf(instruction);
    const { type } = instruction;
    const isMissing = emit.compare('ne', type, [x, x]);
    emit.select(type, isMissing, emit.constant(type, 0), emit.apply('abs', type, [x]), instruction.to);
  }),
];

const arguments_: readonly Mutant[] = [
  {
    name: 'scalar arguments are slightly off',
    mutate: (kernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (instruction.op !== 'scalar' || instruction.type === 'i32') return false;
        const right = emit.push({ ...instruction, to: emit.register });
        emit.apply(
          'mul',
          instruction.type,
          [right, emit.constant(instruction.type, SLIGHTLY_OFF)],
          instruction.to,
        );
        return true;
      }),
  },
  {
    name: 'float constants are slightly off',
    mutate: (kernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (instruction.op !== 'constant' || instruction.type === 'i32') return false;
        emit.constant(instruction.type, instruction.value * SLIGHTLY_OFF, instruction.to);
        return true;
      }),
  },
];

export const scalarMutants: readonly Mutant[] = [...imprecise, ...flipped, ...forgotten, ...arguments_];
