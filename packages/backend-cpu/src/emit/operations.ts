/**
 * Instructions of the kernel form over values that are scalars or lanes. An instruction works on lanes as soon as one
 * operand has them. Loop kernels and the epilogues of library kernels are both written with this.
 */
import type { ConstantInstruction, Register, ScalarInstruction } from '@hadal/core/backend';
import { known } from '../known';
import type { Code, Local, ValueType } from '../wasm/index';
import { Expressions } from './expressions';
import { pushScalarOperation } from './scalar-operations';
import { isWide, type Lane, type Value } from './value';
import { pushVectorOperation } from './vector-operations';

/** The register type as lanes have it: kernels in float64 are written elsewhere (see ./doubles.ts). */
export function laneOf(type: Register): Lane {
  if (type === 'f64') throw new TypeError('float64 has no lanes');
  return type;
}

/** Options of code generation that change results: two sets of options never share kernels. */
export interface EmitOptions {
  /** Whether relaxed SIMD may be used (fused multiply-add). */
  readonly relaxed: boolean;
}

/**
 * Writes instructions into a function.
 *
 * @example
 * const operations = new Operations(code, { relaxed: true });
 * const registers = new Map<number, Value>([[0, { kind: 'vector', type: 'f32', local: accumulator }]]);
 * operations.run(epilogue.body, registers);
 * pushVector(code, registers.get(epilogue.outputs[0].register));
 */
export class Operations {
  readonly #expressions: Expressions;

  constructor(
    readonly code: Code,
    options: EmitOptions,
  ) {
    this.#expressions = new Expressions(code, options.relaxed);
  }

  /** Writes one operation; the result is in a new local (release it with `release`), or a constant. */
  evaluate(instruction: ScalarInstruction, operands: readonly Value[]): Value {
    const type = laneOf(instruction.type);
    const from = laneOf(instruction.from);
    if (!operands.some(isWide)) {
      pushScalarOperation(this.#expressions, instruction.op, type, from, operands);
      return { kind: 'scalar', type, local: this.#store(type) };
    }
    const pushed = pushVectorOperation(this.#expressions, instruction.op, type, from, operands);
    const local = this.#store('v128');
    return pushed === 'mask' ? { kind: 'mask', type: 'i32', local } : { kind: 'vector', type, local };
  }

  #store(type: ValueType): Local {
    const local = this.code.local(type);
    this.code.set(local);
    this.#expressions.release();
    return local;
  }

  /** Writes a straight-line body; `registers` holds its inputs and receives what it assigns. */
  run(body: readonly (ScalarInstruction | ConstantInstruction)[], registers: Map<number, Value>): void {
    for (const instruction of body) {
      if (instruction.op === 'constant') {
        const { to, value } = instruction;
        registers.set(to, { kind: 'constant', type: laneOf(instruction.type), value });
        continue;
      }
      const operands = instruction.operands.map((register) =>
        known(registers.get(register), `register ${register}`),
      );
      registers.set(instruction.to, this.evaluate(instruction, operands));
    }
  }

  /** Gives the locals of a value back. */
  release(value: Value): void {
    if (value.kind === 'constant') return;
    this.code.release(value.local);
    if (value.kind === 'scalar' && value.splat !== undefined) this.code.release(value.splat);
  }
}
