/**
 * The cell of a long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000): the gates i, f, g, o side by
 * side in `projected` [length, batch, 4 · units] and in the recurrent kernel [units, 4 · units].
 *
 * A row holds hidden and cell state and the four gates after their activations; the gradient's columns are the
 * cotangents of the gates before them.
 */
import { zerosOf } from '../../autograd/rules/movement';
import * as build from '../../graph/build';
import { extentAt } from '../../shape/shape';
import { sigmoidNode } from '../activations';
import {
  type Cell,
  CellComposite,
  overSteps,
  sigmoidSlope,
  tanhSlope,
  times,
  timesTransposed,
  valueAt,
} from './cell';

const lstmCell: Cell = {
  name: 'lstm',
  states: 2,
  weights: 1,
  values: 6,
  back({ values: [, cell, i, f, g, o], before: [, old], cotangents: [hidden, later], weights, open }) {
    const [recurrent] = weights;
    if (!cell || !i || !f || !g || !o || !old || !hidden || !later || !recurrent) {
      throw new Error('a value of an LSTM is missing');
    }
    const squashed = build.tanh(cell);
    const inner = build.add(later, build.mul(build.mul(hidden, o), tanhSlope(squashed)));
    const gates = [
      build.mul(build.mul(inner, g), sigmoidSlope(i)),
      build.mul(build.mul(inner, old), sigmoidSlope(f)),
      build.mul(build.mul(inner, i), tanhSlope(g)),
      build.mul(build.mul(hidden, squashed), sigmoidSlope(o)),
    ].map((gate) => open(gate, 0));
    const columns = build.concat(gates, 1);
    const held = open(zerosOf(hidden), hidden);
    return {
      columns,
      before: [build.add(held, timesTransposed(columns, recurrent)), open(build.mul(inner, f), later)],
    };
  },
  columns: 4,
  step({ states: [hidden, cell], projected, weights: [recurrent] }) {
    if (hidden === undefined || cell === undefined || recurrent === undefined) {
      throw new Error('an LSTM has two states and one weight');
    }
    const units = extentAt(hidden.shape, 1);
    const before = build.add(projected, times(hidden, recurrent));
    const i = sigmoidNode(valueAt(before, 0, units));
    const f = sigmoidNode(valueAt(before, 1, units));
    const g = build.tanh(valueAt(before, 2, units));
    const o = sigmoidNode(valueAt(before, 3, units));
    const next = build.add(build.mul(f, cell), build.mul(i, g));
    return [build.mul(o, build.tanh(next)), next, i, f, g, o];
  },
  cotangentColumns: (projected) => projected,
  cotangents({ columns, before }) {
    const units = extentAt(columns.shape, 2) / 4;
    return [columns, overSteps(valueAt(before, 0, units), columns)];
  },
};

export const lstmComposite = /* @__PURE__ */ new CellComposite(lstmCell);
