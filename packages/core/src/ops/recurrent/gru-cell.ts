/**
 * The cell of a gated recurrent unit (Cho et al. 2014): the gates z, r and the candidate side by side in `projected`
 * [length, batch, 3 · units] and in the recurrent kernel [units, 3 · units]. The new state is z · old + (1 - z) · candidate.
 *
 * The candidate sees the old state through the gate r: `resetAfter` the product with the kernel, which then has a bias,
 * or before it. A row holds the state, z, r, the candidate, and what the gate met or made: the product with its bias
 * (resetAfter), or the gated state. The gradient's columns are the cotangents of z, r and the candidate before their
 * activations, then that of the product (resetAfter) or once more the gated state, which the kernel's gradient reads.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
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

function gruCell(resetAfter: boolean): Cell {
  return {
    name: 'gru',
    states: 1,
    weights: resetAfter ? 2 : 1,
    values: 5,
    back({ values: [, z, r, candidate, met], before: [old], cotangents: [state], weights, open }) {
      const [recurrent] = weights;
      if (!z || !r || !candidate || !met || !old || !state || !recurrent) {
        throw new Error('a value of a GRU is missing');
      }
      const units = extentAt(state.shape, 1);
      const gatesKernel = valueAt(recurrent, 0, units, 2);
      const candidateKernel = valueAt(recurrent, 2, units);
      const ofZ = open(build.mul(build.mul(state, build.sub(old, candidate)), sigmoidSlope(z)), 0);
      const ofCandidate = open(build.mul(build.mul(state, build.sub(1, z)), tanhSlope(candidate)), 0);
      const handedOn = open(build.mul(state, z), state);
      if (resetAfter) {
        const ofR = build.mul(build.mul(ofCandidate, met), sigmoidSlope(r));
        const ofProduct = build.mul(ofCandidate, r);
        const products = build.add(
          timesTransposed(build.concat([ofZ, ofR], 1), gatesKernel),
          timesTransposed(ofProduct, candidateKernel),
        );
        return {
          columns: build.concat([ofZ, ofR, ofCandidate, ofProduct], 1),
          before: [build.add(handedOn, products)],
        };
      }
      const ofGated = timesTransposed(ofCandidate, candidateKernel);
      const ofR = build.mul(build.mul(ofGated, old), sigmoidSlope(r));
      const products = timesTransposed(build.concat([ofZ, ofR], 1), gatesKernel);
      return {
        columns: build.concat([ofZ, ofR, ofCandidate, met], 1),
        before: [build.add(build.add(handedOn, build.mul(ofGated, r)), products)],
      };
    },
    columns: 4,
    step({ states: [state], projected, weights: [recurrent, bias], nudge }) {
      if (state === undefined || recurrent === undefined) throw new Error('a GRU has a state and a weight');
      const units = extentAt(state.shape, 1);
      const part = (x: Node, index: number, count = 1): Node => valueAt(x, index, units, count);
      const blend = (z: Node, candidate: Node): Node =>
        build.add(candidate, build.mul(z, build.sub(state, candidate)));
      if (bias !== undefined) {
        const inner = build.add(times(state, recurrent), bias);
        const met = build.add(part(inner, 2), nudge);
        const z = sigmoidNode(build.add(part(projected, 0), part(inner, 0)));
        const r = sigmoidNode(build.add(part(projected, 1), part(inner, 1)));
        const candidate = build.tanh(build.add(part(projected, 2), build.mul(r, met)));
        return [blend(z, candidate), z, r, candidate, met];
      }
      const gates = build.add(part(projected, 0, 2), times(state, part(recurrent, 0, 2)));
      const z = sigmoidNode(part(gates, 0));
      const r = sigmoidNode(part(gates, 1));
      const gated = build.mul(r, state);
      const candidate = build.tanh(build.add(part(projected, 2), times(gated, part(recurrent, 2))));
      return [blend(z, candidate), z, r, candidate, gated];
    },
    cotangentColumns(projected, nudge, after) {
      const axis = nudge.shape.length - 1;
      const beside = resetAfter ? nudge : valueAt(after, 4, extentAt(nudge.shape, axis));
      return build.concat([projected, beside], axis);
    },
    cotangents({ columns, before }) {
      const units = extentAt(columns.shape, 2) / 4;
      const part = (x: Node, index: number, count = 1): Node => valueAt(x, index, units, count);
      const state = part(before, 0);
      const projected = part(columns, 0, 3);
      const gates = part(columns, 0, 2);
      if (!resetAfter) {
        const kernels = [overSteps(state, gates), overSteps(part(columns, 3), part(columns, 2))];
        return [projected, build.concat(kernels, 1)];
      }
      const met = part(columns, 3);
      const kernels = [overSteps(state, gates), overSteps(state, met)];
      const biases = [gates, met].map((each) => build.sum(each, [0, 1]));
      return [projected, build.concat(kernels, 1), build.concat(biases, 0)];
    },
  };
}

/** With the gate r after the product; its attribute `resetAfter` is true. */
export const gruAfter = /* @__PURE__ */ new CellComposite(/* @__PURE__ */ gruCell(true));
/** With the gate r before the product. */
export const gruBefore = /* @__PURE__ */ new CellComposite(/* @__PURE__ */ gruCell(false));
