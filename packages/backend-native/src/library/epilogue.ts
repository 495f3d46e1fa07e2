/**
 * Epilogues for the addon's products:
 *
 *   side inputs, (kind, storage, type) for each; scalars, type for each; outputs, (register, storage) for each;
 *   whether it is direct, whether it rectifies, which side input is added as a column, which in full; the body
 *
 * Direct epilogues never leave the vector registers in which sums were made: a bias, a residual, an activation.
 */
import type { Epilogue, SideInputKind } from '@hadal/core/backend';
import { REGISTER_CODES, STORAGE_CODES } from '../loops/codes';
import { encodeBody } from '../loops/encode-body';
import type { WordWriter } from '../words';

/** In the order of `SideKind` in native/products/epilogue.h. */
const KIND_CODES: Readonly<Record<SideInputKind, number>> = { full: 0, column: 1, row: 2, scalar: 3 };

const NONE = -1;

/** max(sum + column + full, 0), each part of which may be missing. */
export interface DirectForm {
  /** Positions among the side inputs, -1 for none. */
  readonly column: number;
  readonly full: number;
  readonly rectifies: boolean;
}

/** The direct form of an epilogue, or undefined where it needs the scalar program. */
export function directForm({ sideInputs, scalars, body, outputs }: Epilogue): DirectForm | undefined {
  const [output, ...others] = outputs;
  if (output?.storage !== 'f32' || others.length > 0 || scalars.length > 0) return undefined;
  if (sideInputs.some(({ storage }) => storage !== 'f32')) return undefined;
  const form = { column: NONE, full: NONE, rectifies: false };
  const zeros = new Set<number>();
  let value = 0;
  for (const instruction of body) {
    if (instruction.op === 'constant') {
      if (instruction.type !== 'f32' || !Object.is(instruction.value, 0)) return undefined;
      zeros.add(instruction.to);
      continue;
    }
    const [a, b] = instruction.operands;
    const other = a === value ? b : b === value ? a : undefined;
    if (other === undefined || other === value || instruction.from !== 'f32' || form.rectifies)
      return undefined;
    if (instruction.op === 'max' && zeros.has(other)) {
      form.rectifies = true;
    } else if (instruction.op === 'add') {
      const side = sideInputs[other - 1];
      if (side?.kind === 'column' && form.column === NONE && form.full === NONE) form.column = other - 1;
      else if (side?.kind === 'full' && form.full === NONE) form.full = other - 1;
      else return undefined;
    } else {
      return undefined;
    }
    value = instruction.to;
  }
  return output.register === value ? form : undefined;
}

export function encodeEpilogue(epilogue: Epilogue, words: WordWriter): void {
  const { sideInputs, scalars, outputs, body } = epilogue;
  words.push(sideInputs.length);
  for (const { kind, storage, type } of sideInputs) {
    words.pushAll([KIND_CODES[kind], STORAGE_CODES[storage], REGISTER_CODES[type]]);
  }
  words.push(scalars.length);
  for (const type of scalars) words.push(REGISTER_CODES[type]);
  words.push(outputs.length);
  for (const { register, storage } of outputs) words.pushAll([register, STORAGE_CODES[storage]]);
  const direct = directForm(epilogue);
  words.pushFlag(direct !== undefined);
  words.pushFlag(direct?.rectifies ?? false);
  words.pushAll([direct?.column ?? NONE, direct?.full ?? NONE]);
  encodeBody(body, 1 + sideInputs.length + scalars.length, words);
}
