/** Scalar instructions as WGSL expressions, for loop kernels and for the epilogues of library kernels. */
import type { ConstantInstruction, Register, ScalarInstruction, ScalarOp } from '@hadal/core/backend';

/** Prints expressions and remembers which functions of `functions.ts` they call. */
export class ScalarPrinter {
  readonly used = new Set<string>();
  /** Values of registers that are numbers in the code. */
  readonly #constants = new Map<number, number>();
  /** Registers that are something plus a number. */
  readonly #shifted = new Set<number>();

  /**
   * @param name the variable that holds a register; the code around has a `zero: u32` of which compilers do not know that
   * it is 0
   */
  constructor(readonly name: (register: number) => string = (register) => `r${register}`) {}

  /** A call of a function that `functionsOf(used)` brings along. */
  call(name: string, ...given: readonly string[]): string {
    this.used.add(name);
    return `${name}(${given.join(', ')})`;
  }

  constant({ to, type, value }: ConstantInstruction): string {
    this.#constants.set(to, value);
    return this.number(value, type);
  }

  number(value: number, type: Register): string {
    if (type === 'i32') return `i32(${value | 0})`;
    const single = Math.fround(value);
    if (Number.isNaN(single)) return this.call('of_bits', '0x7fc00000u');
    if (!Number.isFinite(single)) return this.call('of_bits', single > 0 ? '0x7f800000u' : '0xff800000u');
    const bits = new Uint32Array(Float32Array.of(single).buffer)[0] ?? 0;
    const isPlain = single !== 0 && Math.abs(single) > 1e-30;
    if (!isPlain && bits !== 0) return `bitcast<f32>(${bits}u)`;
    return Number.isInteger(single) ? `${single.toExponential()}f` : `${single}f`;
  }

  /** The expression that an instruction assigns. */
  print(instruction: ScalarInstruction): string {
    const [a = 0, b = 0, c = 0] = instruction.operands;
    const [x, y, z] = [this.name(a), this.name(b), this.name(c)];
    const { op, from, type } = instruction;
    const isInteger = from === 'i32';
    switch (op) {
      case 'select':
        return `select(${z}, ${y}, ${x} != 0)`;
      case 'convert':
        if (type === from) return x;
        return isInteger ? `f32(${x})` : this.call('to_int', x);
      case 'bitcast':
        return `bitcast<${type}>(${x})`;
      case 'fma':
        return isInteger ? `${x} * ${y} + ${z}` : `fma(${this.#factor(a)}, ${this.#factor(b)}, ${z})`;
      case 'mul':
        return `${isInteger ? x : this.#factor(a)} * ${isInteger ? y : this.#factor(b)}`;
      case 'ne':
        return a === b && !isInteger ? bool(this.call('is_nan', x)) : unequal(x, y);
      case 'eq':
        return a === b && !isInteger ? bool(`!${this.call('is_nan', x)}`) : bool(`${x} == ${y}`);
      case 'lt':
        return bool(`${x} < ${y}`);
      case 'le':
        return bool(`${x} <= ${y}`);
      case 'max':
      case 'min':
        return isInteger ? `${op}(${x}, ${y})` : this.#extreme(op, a, b);
      case 'shl':
        return `${x} << (u32(${y}) & 31u)`;
      case 'shr':
        return `${x} >> (u32(${y}) & 31u)`;
      case 'add':
      case 'sub':
        return isInteger ? this.#plain(op, true, x, y) : this.#sum(instruction, a, b);
      default:
        return this.#plain(op, isInteger, x, y);
    }
  }

  /** Compilers take 0 · x for 0, which NaN and infinity do not give. */
  #factor(register: number): string {
    const value = this.#constants.get(register);
    if (value !== 0) return this.name(register);
    return `bitcast<f32>(${Object.is(value, -0) ? 'zero | 0x80000000u' : 'zero'})`;
  }

  /**
   * Numbers that are added one after another must not be added to each other by the compiler: x + ½ - ½ rounds x to whole
   * multiples of what a float of that size can tell apart.
   */
  #sum({ op, to }: ScalarInstruction, a: number, b: number): string {
    if (this.#constants.has(a) || this.#constants.has(b)) this.#shifted.add(to);
    const operand = (register: number): string => {
      const name = this.name(register);
      return this.#shifted.has(to) && this.#shifted.has(register)
        ? `bitcast<f32>(bitcast<u32>(${name}) ^ zero)`
        : name;
    };
    return `${operand(a)} ${op === 'add' ? '+' : '-'} ${operand(b)}`;
  }

  /** With a number that is known, one comparison keeps a NaN of the other operand and the right zero. */
  #extreme(op: 'max' | 'min', a: number, b: number): string {
    const [known, other] = this.#constants.has(b) ? [b, a] : [a, b];
    const value = this.#constants.get(known);
    const [x, y] = [this.name(other), this.name(known)];
    if (value === undefined || Number.isNaN(value)) {
      return this.call(`float_${op}`, this.name(a), this.name(b));
    }
    // Of equal zeros, max wants the positive one and min the negative one.
    const isStrict = value === 0 && Object.is(value, -0) === (op === 'max');
    return `select(${x}, ${y}, ${x} ${op === 'max' ? '<' : '>'}${isStrict ? '' : '='} ${y})`;
  }

  #plain(op: ScalarOp, isInteger: boolean, x: string, y: string): string {
    const infix = INFIX[op];
    if (infix !== undefined && !(op === 'div' && isInteger)) return `${x} ${infix} ${y}`;
    const called = (isInteger ? INTEGER_CALLS : FLOAT_CALLS)[op];
    if (called !== undefined) return BINARY.includes(op) ? this.call(called, x, y) : this.call(called, x);
    switch (op) {
      case 'neg':
        return `-${x}`;
      case 'recip':
        return `1.0f / ${x}`;
      default:
        // abs, floor, ceil, round (to even, as WGSL does too), and sign of integers have the names of WGSL.
        return `${op}(${x})`;
    }
  }
}

/** WGSL leaves open whether NaN differs from anything; that nothing equals it is certain. */
const unequal = (x: string, y: string): string => `select(1, 0, ${x} == ${y})`;

const bool = (condition: string): string => `select(0, 1, ${condition})`;

const INFIX: Partial<Record<ScalarOp, string>> = {
  add: '+',
  sub: '-',
  div: '/',
  and: '&',
  or: '|',
  xor: '^',
};

const BINARY: readonly ScalarOp[] = ['idiv', 'mod', 'pow', 'div'];

const FLOAT_CALLS: Partial<Record<ScalarOp, string>> = {
  idiv: 'float_idiv',
  mod: 'float_mod',
  pow: 'float_pow',
  exp: 'float_exp',
  exp2: 'float_exp2',
  log: 'float_log',
  log2: 'float_log2',
  sin: 'float_sin',
  cos: 'float_cos',
  tanh: 'float_tanh',
  erf: 'float_erf',
  sqrt: 'float_sqrt',
  rsqrt: 'float_rsqrt',
  sign: 'float_sign',
};

const INTEGER_CALLS: Partial<Record<ScalarOp, string>> = {
  div: 'int_idiv',
  idiv: 'int_idiv',
  mod: 'int_mod',
  pow: 'int_pow',
};
