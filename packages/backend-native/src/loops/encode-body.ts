/**
 * Straight-line scalar code for the addon's `BlockProgram`: what follows a library kernel before its result is stored.
 *
 *   registers, constants, (to, type, value) for each, instructions, (op, from, type, to, a, b, c) for each
 */
import type { ConstantInstruction, ScalarInstruction } from '@hadal/core/backend';
import type { WordWriter } from '../words';
import { REGISTER_CODES, scalarCode } from './codes';

/** The operands of an operation as three registers; those that it lacks repeat the first. */
export function threeOperands(operands: readonly number[]): readonly [number, number, number] {
  const [a = 0, b = a, c = a] = operands;
  return [a, b, c];
}

const isConstant = (
  instruction: ScalarInstruction | ConstantInstruction,
): instruction is ConstantInstruction => instruction.op === 'constant';

/**
 * Writes a body whose first registers, as many as `given`, are there already.
 */
export function encodeBody(
  body: readonly (ScalarInstruction | ConstantInstruction)[],
  given: number,
  words: WordWriter,
): void {
  const constants: ConstantInstruction[] = [];
  const scalars: ScalarInstruction[] = [];
  let registers = given;
  for (const instruction of body) {
    registers = Math.max(registers, instruction.to + 1);
    if (isConstant(instruction)) constants.push(instruction);
    else scalars.push(instruction);
  }
  words.push(registers);
  words.push(constants.length);
  for (const { to, type, value } of constants) words.pushAll([to, REGISTER_CODES[type], value]);
  words.push(scalars.length);
  for (const { op, from, type, to, operands } of scalars) {
    words.pushAll([
      scalarCode(op),
      REGISTER_CODES[from],
      REGISTER_CODES[type],
      to,
      ...threeOperands(operands),
    ]);
  }
}
