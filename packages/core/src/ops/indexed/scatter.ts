/**
 * Scatters: a tensor with updates at computed positions of one axis, where equal positions combine in index order and
 * positions outside are dropped. A composite over flat indices [...batch, count] and updates in which the axis has the
 * extent `count`; batch axes are the leading ones of all three.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { Node } from '../../graph/node';
import { extentAt } from '../../shape/shape';
import { batchGatherNode, indexedAxis } from './batch-gather';
import { alignedIndices, forEachExample, isInside } from './positions';
import { combinedByMask, replacedByLast } from './scatter-parts';

/** How an update meets what is there; `set` replaces it, and the last of several stays. */
export type ScatterKind = 'add' | 'set' | 'max' | 'min' | 'mul';

type Gradient = NonNullable<CompositeDefinition['vjp']>;
type Inputs = readonly [operand: Node, indices: Node, updates: Node];

function inputsOf(inputs: readonly Node[]): Inputs {
  const [operand, indices, updates] = inputs;
  if (operand === undefined || indices === undefined || updates === undefined) {
    throw new ArgumentError('scatter', `takes 3 inputs, got ${inputs.length}.`);
  }
  return [operand, indices, updates];
}

function scatterDefinition(kind: ScatterKind, vjp?: Gradient): CompositeDefinition {
  return {
    name: 'scatter',
    infer: (inputs) => inputsOf(inputs)[0],
    decompose(inputs, attributes) {
      const axis = indexedAxis('scatter', attributes);
      const [operand, indices, updates] = inputsOf(inputs);
      return kind === 'set'
        ? replacedByLast(operand, indices, updates, axis)
        : combinedByMask(kind, operand, indices, updates, axis);
    },
    batch({ inputs, isBatched, attributes, size }) {
      const [operand, indices, updates] = inputsOf(forEachExample(inputs, isBatched, size));
      return scatterNode(kind, operand, indices, updates, indexedAxis('scatter', attributes) + 1);
    },
    ...(vjp === undefined ? {} : { vjp }),
  };
}

/** What each update has at its place in `x`, and 0 where it was dropped. */
function readBack(x: Node, indices: Node, axis: number): Node {
  const inside = alignedIndices(isInside(indices, extentAt(x.shape, axis)), axis, x.shape.length);
  return build.where(inside, batchGatherNode('scatter', x, indices, axis), 0);
}

const addGradient: Gradient = ({ inputs, attributes, cotangent }) => {
  const axis = indexedAxis('scatter', attributes);
  return [cotangent, undefined, readBack(cotangent, inputsOf(inputs)[1], axis)];
};

/** What was replaced has no share, nor has an update that another one replaced. */
const setGradient: Gradient = ({ inputs, attributes, cotangent }) => {
  const axis = indexedAxis('scatter', attributes);
  const [operand, indices] = inputsOf(inputs);
  const rank = operand.shape.length;
  const batch = indices.shape.length - 1;
  const count = extentAt(indices.shape, batch);
  const none = [...indices.shape.slice(0, batch), extentAt(operand.shape, axis)];
  const place = build.broadcastTo(build.iota(count), indices.shape);
  // The number of the update that stays at each place, -1 where there is none.
  const last = scatterNode(
    'set',
    build.broadcastTo(build.constant(-1, 'int32'), none),
    indices,
    place,
    batch,
  );
  const isKept = alignedIndices(build.lessThan(last, 0), axis, rank);
  // Updates that were dropped read -1 or the number of another one.
  const isLast = build.equal(batchGatherNode('scatter', last, indices, batch), place);
  const read = readBack(cotangent, indices, axis);
  return [
    build.where(isKept, cotangent, 0),
    undefined,
    build.where(alignedIndices(isLast, axis, rank), read, 0),
  ];
};

/** Those equal to the extreme share the cotangent evenly. */
const extremeGradient: Gradient = ({ inputs, attributes, output, cotangent }) => {
  const axis = indexedAxis('scatter', attributes);
  const [operand, indices, updates] = inputsOf(inputs);
  const rank = operand.shape.length;
  const inside = alignedIndices(isInside(indices, extentAt(operand.shape, axis)), axis, rank);
  const isTaken = build.equal(operand, output);
  const isChosen = build.and(inside, build.equal(updates, batchGatherNode('scatter', output, indices, axis)));
  const { dtype } = operand;
  const ties = scatterNode('add', build.cast(isTaken, dtype), indices, build.cast(isChosen, dtype), axis);
  const share = build.div(cotangent, build.maximum(ties, 1));
  return [
    build.where(isTaken, share, 0),
    undefined,
    build.where(isChosen, batchGatherNode('scatter', share, indices, axis), 0),
  ];
};

const DEFINITIONS: Readonly<Record<ScatterKind, CompositeDefinition>> = {
  add: /* @__PURE__ */ scatterDefinition('add', addGradient),
  set: /* @__PURE__ */ scatterDefinition('set', setGradient),
  max: /* @__PURE__ */ scatterDefinition('max', extremeGradient),
  min: /* @__PURE__ */ scatterDefinition('min', extremeGradient),
  // The product of all others fails as a quotient where a factor is 0, so the masked product itself is differentiated.
  mul: /* @__PURE__ */ scatterDefinition('mul'),
};

/** `operand` with `updates` at `indices` along `axis`; shapes and dtypes fit. */
export function scatterNode(
  kind: ScatterKind,
  operand: Node,
  indices: Node,
  updates: Node,
  axis: number,
): Node {
  const batch = indices.shape.length - 1;
  if (kind === 'add' && batch === 0) return build.scatterAdd(operand, indices, updates, axis);
  return build.applyComposite(DEFINITIONS[kind], [operand, indices, updates], { kind, axis, batch });
}
