/**
 * Prints loop kernels as JavaScript source: one nest of `for` loops over the grid, and in it the stages in order.
 *
 * A printer translates and does nothing else: core has already simplified indices, shared subexpressions and decided
 * what is fused. The same walk prints C, WGSL or bytecode; only the strings change.
 */
import type {
  Accumulator,
  Address,
  Extent,
  Instruction,
  LoopKernel,
  ScalarInstruction,
  Stage,
} from '@hadal/core/backend';

/** Optional scalar operations that JavaScript has; core writes the others with the required ones. */
export const SCALAR_OPS = ['sub', 'div', 'min', 'neg', 'abs', 'exp', 'log', 'tanh', 'floor'] as const;

type PrintableOp = Exclude<ScalarInstruction['op'], 'convert' | 'bitcast'>;

/** What each operation looks like, for operands of a float type. */
const FLOAT: Partial<Record<PrintableOp, (...operands: string[]) => string>> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  max: (a, b) => `Math.max(${a}, ${b})`,
  min: (a, b) => `Math.min(${a}, ${b})`,
  idiv: (a, b) => `Math.floor(${a} / ${b})`,
  mod: (a, b) => `help.floorMod(${a}, ${b})`,
  lt: (a, b) => `${a} < ${b} ? 1 : 0`,
  ne: (a, b) => `${a} !== ${b} ? 1 : 0`,
  select: (condition, a, b) => `${condition} !== 0 ? ${a} : ${b}`,
  neg: (a) => `-${a}`,
  abs: (a) => `Math.abs(${a})`,
  exp: (a) => `Math.exp(${a})`,
  exp2: (a) => `2 ** ${a}`,
  log: (a) => `Math.log(${a})`,
  log2: (a) => `Math.log2(${a})`,
  sin: (a) => `Math.sin(${a})`,
  tanh: (a) => `Math.tanh(${a})`,
  sqrt: (a) => `Math.sqrt(${a})`,
  recip: (a) => `1 / ${a}`,
  floor: (a) => `Math.floor(${a})`,
};

/** Where operands are integers these differ: products keep their low 32 bits, and nothing divides by zero. */
const INTEGER: typeof FLOAT = {
  ...FLOAT,
  mul: (a, b) => `Math.imul(${a}, ${b})`,
  idiv: (a, b) => `${b} === 0 ? 0 : Math.floor(${a} / ${b})`,
  mod: (a, b) => `${b} === 0 ? 0 : help.floorMod(${a}, ${b})`,
  and: (a, b) => `${a} & ${b}`,
  or: (a, b) => `${a} | ${b}`,
  xor: (a, b) => `${a} ^ ${b}`,
  shl: (a, b) => `${a} << ${b}`,
  shr: (a, b) => `${a} >> ${b}`,
};

/** What accumulators start from. */
const START = { sum: '0', prod: '1', max: '-Infinity', min: 'Infinity', argmax: '0', argmin: '0' };

const bits = new DataView(new ArrayBuffer(4));

/** What printed code calls because no expression of the language says it. */
export const helpers = {
  floorMod: (a: number, b: number): number => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },
  toInteger: (value: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value))) || 0,
  bitsOfFloat: (value: number): number => {
    bits.setFloat32(0, value);
    return bits.getInt32(0);
  },
  floatOfBits: (value: number): number => {
    bits.setInt32(0, value);
    return bits.getFloat32(0);
  },
};

/** The body of a function of (memory, scalars, integers, help). */
export function printKernel(kernel: LoopKernel): string {
  const lines = kernel.buffers.map((_, index) => `const m${index} = memory[${index}];`);
  kernel.grid.forEach((extent, axis) => {
    lines.push(loopHead(axis, extent));
  });
  for (const stage of kernel.stages) lines.push(...printStage(stage, kernel.grid.length));
  lines.push('}'.repeat(kernel.grid.length));
  return lines.join('\n');
}

function printStage({ loop, body, accumulators, stores }: Stage, firstAxis: number): string[] {
  return [
    ...accumulators.map(({ kind, to }) => `let r${to} = ${START[kind]};`),
    ...accumulators
      .filter(isExtreme)
      .map(({ kind, to }) => `let best${to} = ${START[kind === 'argmax' ? 'max' : 'min']};`),
    ...loop.map((extent, index) => loopHead(firstAxis + index, extent)),
    ...body.map((instruction) => `const r${instruction.to} = ${printInstruction(instruction)};`),
    ...accumulators.map((accumulator) => printAccumulation(accumulator, loop, firstAxis)),
    ...stores.map(({ buffer, address, value }) => `m${buffer}[${printAddress(address)}] = r${value};`),
    '}'.repeat(loop.length),
    // Sums are kept in double precision and rounded once; integer extremes of nothing are the limits of their type.
    ...accumulators
      .filter((each) => !isExtreme(each))
      .map(({ to, type }) => `r${to} = ${rounded(type, `r${to}`, true)};`),
  ];
}

const isExtreme = ({ kind }: Accumulator): boolean => kind === 'argmax' || kind === 'argmin';
const printExtent = (extent: Extent): string =>
  typeof extent === 'number' ? `${extent}` : `integers[${extent.argument}]`;
const loopHead = (axis: number, extent: Extent): string =>
  `for (let a${axis} = 0, n${axis} = ${printExtent(extent)}; a${axis} < n${axis}; a${axis}++) {`;

function printAccumulation(
  { kind, type, value, to }: Accumulator,
  loop: readonly Extent[],
  firstAxis: number,
): string {
  const [total, next] = [`r${to}`, `r${value}`];
  switch (kind) {
    case 'sum':
      return `${total} = ${type === 'i32' ? `${total} + ${next} | 0` : `${total} + ${next}`};`;
    case 'prod':
      return `${total} = ${type === 'i32' ? `Math.imul(${total}, ${next})` : `${total} * ${next}`};`;
    case 'max':
    case 'min':
      return `${total} = Math.${kind}(${total}, ${next});`;
    case 'argmax':
    case 'argmin': {
      const place = loop.reduce<string>(
        (before, _, index) => `(${before}) * n${firstAxis + index} + a${firstAxis + index}`,
        '0',
      );
      const wins = `${next} ${kind === 'argmax' ? '>' : '<'} best${to} || (${next} !== ${next} && best${to} === best${to})`;
      return `if (${wins}) { best${to} = ${next}; ${total} = ${place}; }`;
    }
  }
}

function printAddress({ offset, terms, index }: Address): string {
  const parts = terms.map(({ axis, stride }) => `a${axis} * ${stride}`);
  return [printExtent(offset), ...parts, ...(index === undefined ? [] : [`r${index}`])].join(' + ');
}

function printInstruction(instruction: Instruction): string {
  switch (instruction.op) {
    case 'constant':
      return rounded(instruction.type, Object.is(instruction.value, -0) ? '-0' : `${instruction.value}`);
    case 'scalar':
      return rounded(instruction.type, `scalars[${instruction.index}]`);
    case 'axis':
      return `a${instruction.axis}`;
    case 'integer':
      return `integers[${instruction.argument}]`;
    case 'load': {
      const element = `m${instruction.buffer}[${printAddress(instruction.address)}]`;
      return instruction.guard === undefined ? element : `r${instruction.guard} !== 0 ? ${element} : 0`;
    }
    default:
      return printScalar(instruction);
  }
}

function printScalar({ op, type, from, operands }: ScalarInstruction): string {
  const registers = operands.map((operand) => `r${operand}`);
  if (op === 'convert')
    return type === 'i32' ? `help.toInteger(${registers[0]})` : rounded(type, `${registers[0]}`);
  if (op === 'bitcast') return `help.${type === 'i32' ? 'bitsOfFloat' : 'floatOfBits'}(${registers[0]})`;
  const print = (from === 'i32' ? INTEGER : FLOAT)[op];
  if (print === undefined) throw new Error(`no way to print ${op} on ${from}`);
  return rounded(type, print(...registers));
}

/** JavaScript computes in double precision: every result is rounded to the type of its register. */
function rounded(type: Instruction['type'], expression: string, saturate = false): string {
  if (type === 'f32') return `Math.fround(${expression})`;
  if (type === 'f64') return expression;
  return saturate ? `help.toInteger(${expression})` : `(${expression}) | 0`;
}
