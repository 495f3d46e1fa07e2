/** The module of a cell over sequences, or of its gradient. */
import type { RecurrentPayload } from '@hadal/core/recurrent';
import type { EmitOptions } from '../../emit/index';
import { type Callable, ModuleBuilder } from '../../wasm/index';
import { emitMultiply, emitPack, type Pack } from '../panels';
import { emitCopy } from './copy';
import {
  candidateOfGruBefore,
  differentiateGatedState,
  differentiateGruAfter,
  differentiateGruBefore,
  gatesOfGruBefore,
  runGruAfter,
} from './gru';
import { GRADIENT_VALUES, SHAPES } from './layout';
import { differentiateLstm, runLstm } from './lstm';
import { emitPass, emitPassHelpers, type Units } from './pass';
import { type Action, emitWalk, type StepProduct } from './walk';

export interface RecurrentKernels {
  readonly pack: Pack;
  /** Elements of a matrix of any layout to rows of contiguous ones. */
  copy(
    target: number,
    targetRow: number,
    source: number,
    sourceRow: number,
    sourceColumn: number,
    rows: number,
    columns: number,
  ): void;
  /** All steps of some sequences; `own` is the workspace of the thread. */
  walk(words: number, own: number): void;
}

export function emitRecurrentModule(payload: RecurrentPayload, { relaxed }: EmitOptions): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  emitPack(module);
  emitCopy(module);
  const multiply = emitMultiply(module, relaxed);
  const helpers = emitPassHelpers(module);
  const { isMasked } = payload;
  const pass = (body: (units: Units) => void): Callable =>
    emitPass(module, helpers, { relaxed, isMasked }, body);
  emitWalk(module, multiply, payload.isGradient ? gradientOf(payload, pass) : runOf(payload, pass));
  return module;
}

type MakePass = (body: (units: Units) => void) => Callable;

/** States times matrix `matrix`: value `value` of a row, one of every unit. */
const ofStates = (from: 'before' | 'after', value: number, matrix: number): Action => ({
  product: { from, value, gates: 1, matrix, to: 'sums', isAdding: false },
});

function runOf({ cell }: RecurrentPayload, pass: MakePass): Action[] {
  switch (cell) {
    case 'lstm':
      return [ofStates('before', 0, 0), { pass: pass(runLstm) }];
    case 'gruAfter':
      return [ofStates('before', 0, 0), { pass: pass(runGruAfter) }];
    case 'gruBefore':
      return [
        ofStates('before', 0, 0),
        { pass: pass(gatesOfGruBefore) },
        ofStates('after', SHAPES[cell].values - 1, 1),
        { pass: pass(candidateOfGruBefore) },
      ];
  }
}

/** Columns times the transpose of matrix `matrix`. */
const ofColumns = (
  value: number,
  gates: number,
  matrix: number,
  into: Partial<StepProduct> = {},
): Action => ({
  product: { from: 'columns', value, gates, matrix, to: 'carry', isAdding: true, ...into },
});

function gradientOf({ cell }: RecurrentPayload, pass: MakePass): Action[] {
  switch (cell) {
    case 'lstm':
      return [{ pass: pass(differentiateLstm) }, ofColumns(0, GRADIENT_VALUES, 0)];
    case 'gruAfter':
      return [
        { pass: pass(differentiateGruAfter) },
        ofColumns(0, 2, 0),
        ofColumns(GRADIENT_VALUES - 1, 1, 1),
      ];
    case 'gruBefore':
      return [
        { pass: pass(differentiateGruBefore) },
        ofColumns(2, 1, 1, { to: 'sums', isAdding: false }),
        { pass: pass(differentiateGatedState) },
        ofColumns(0, 2, 0),
      ];
  }
}
