/**
 * Boxes: how much they overlap, and which of them to keep. A box is given by two opposite corners, as y1, x1, y2, x2 (or
 * x1, y1, x2, y2).
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, formatShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, numberNode, tensorFrom } from '../operand';

function boxesNode(where: string, name: string, boxes: Tensor): Node {
  const node = floatingNode(where, boxes);
  if (node.shape.length === 2 && node.shape[1] === 4) return node;
  throw new ShapeError(where, `${name} are ${formatShape(node.shape)}.`, 'Expected [boxes, 4].');
}

/** Lower and upper edges along both axes, each shaped [boxes, 1] or [1, boxes]. */
function edgesOf(boxes: Node, shape: (count: number) => number[]): readonly (readonly [Node, Node])[] {
  const column = (index: number): Node =>
    build.reshape(build.sliceAxis(boxes, 1, index, index + 1), shape(extentAt(boxes.shape, 0)));
  return [0, 1].map((axis) => {
    const [one, other] = [column(axis), column(axis + 2)];
    return [build.minimum(one, other), build.maximum(one, other)];
  });
}

/** The area shared over the area covered, for every pair of boxes. */
function iouNode(a: Node, b: Node): Node {
  const rows = edgesOf(a, (count) => [count, 1]);
  const columns = edgesOf(b, (count) => [1, count]);
  const area = (edges: readonly (readonly [Node, Node])[]): Node =>
    edges.map(([low, high]) => build.sub(high, low)).reduce(build.mul);
  const shared = rows
    .map(([low, high], axis) => {
      const [otherLow, otherHigh] = columns[axis] ?? [low, high];
      return build.maximum(build.sub(build.minimum(high, otherHigh), build.maximum(low, otherLow)), 0);
    })
    .reduce(build.mul);
  const covered = build.sub(build.add(area(rows), area(columns)), shared);
  const isEmpty = build.lessEqual(covered, 0);
  return build.where(isEmpty, 0, build.div(shared, build.where(isEmpty, 1, covered)));
}

/**
 * Intersection over union of every box with every other: 1 for equal boxes, 0 for boxes apart and for empty ones.
 *
 * @param a [n, 4]
 * @param b [m, 4]
 * @returns [n, m]
 * @throws {ShapeError} when the shapes are not these
 * @example
 * await boxIoU(tensor([[0, 0, 2, 2]]), tensor([[0, 0, 2, 2], [0, 1, 2, 3]])).array(); // [[1, 0.3333]]
 */
export function boxIoU(a: Tensor, b: Tensor): Tensor {
  return tensorFrom(
    'boxIoU',
    iouNode(boxesNode('boxIoU', 'boxes', a), boxesNode('boxIoU', 'other boxes', b)),
    [a, b],
  );
}

export interface SuppressionOptions {
  /** Boxes that overlap one that is kept by more than this are dropped. Default 0.5. */
  readonly iouThreshold?: number;
  /** Boxes whose score is not above this are dropped. Default -∞. */
  readonly scoreThreshold?: number;
}

/** Which boxes are kept. */
export interface Suppression {
  /** int32 [maxOutput]: the boxes kept, best first, then -1. */
  readonly indices: Tensor;
  /** int32 scalar: how many are kept. */
  readonly count: Tensor;
}

/** Every box kept is a round of the program. */
const MOST_OUTPUTS = 256;

/**
 * Keeps the best boxes that overlap no better one too much: greedily, best score first (of equals the first). The
 * shapes do not depend on the values, so that it can be compiled.
 *
 * @param boxes     [n, 4]
 * @param scores    [n]
 * @param maxOutput the most boxes to keep, from 1 to 256
 * @throws {ShapeError} when the shapes are not these
 * @throws {ArgumentError} when `maxOutput` or the overlap is out of range
 * @example
 * const boxes = tensor([[0, 0, 2, 2], [0, 0, 2, 1.9], [3, 3, 4, 4]]);
 * const { indices, count } = nonMaxSuppression(boxes, tensor([0.8, 0.9, 0.3]), 3);
 * await indices.data(); // Int32Array [1, 2, -1]
 * await count.item(); // 2
 */
export function nonMaxSuppression(
  boxes: Tensor,
  scores: Tensor,
  maxOutput: number,
  options: SuppressionOptions = {},
): Suppression {
  const where = 'nonMaxSuppression';
  const { iouThreshold = 0.5, scoreThreshold = Number.NEGATIVE_INFINITY } = options;
  const corners = boxesNode(where, 'boxes', boxes);
  const given = floatingNode(where, scores);
  const count = extentAt(corners.shape, 0);
  if (formatShape(given.shape) !== `[${count}]`) {
    throw new ShapeError(
      where,
      `scores ${formatShape(given.shape)} do not fit ${count} boxes.`,
      `Expected [${count}].`,
    );
  }
  if (!Number.isSafeInteger(maxOutput) || maxOutput < 1 || maxOutput > MOST_OUTPUTS) {
    throw new ArgumentError(
      where,
      `maxOutput is ${maxOutput}; expected a whole number from 1 to ${MOST_OUTPUTS}.`,
    );
  }
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) {
    throw new ArgumentError(where, `iouThreshold ${iouThreshold} is outside [0, 1].`);
  }
  const found =
    count === 0 ? [] : kept(corners, given, Math.min(maxOutput, count), iouThreshold, scoreThreshold);
  const missing = build.broadcastTo(build.constant(-1, 'int32'), [maxOutput - found.length]);
  const indices = build.concat([...found, missing], 0);
  const total = build.sum(build.cast(build.lessEqual(0, indices), 'int32'), [0]);
  const operands = [boxes, scores];
  return { indices: tensorFrom(where, indices, operands), count: tensorFrom(where, total, operands) };
}

/** The boxes kept in `rounds` rounds, each [1], -1 where none was left. */
function kept(
  boxes: Node,
  scores: Node,
  rounds: number,
  iouThreshold: number,
  scoreThreshold: number,
): Node[] {
  const overlaps = build.lessThan(numberNode(iouThreshold, boxes.dtype), iouNode(boxes, boxes));
  const place = build.iota(extentAt(scores.shape, 0));
  const threshold = build.constant(scoreThreshold, scores.dtype);
  let open = build.where(build.lessThan(threshold, scores), scores, Number.NEGATIVE_INFINITY);
  const found: Node[] = [];
  for (let round = 0; round < rounds; round++) {
    const best = build.reduce('argmax', open, [0]);
    const isOpen = build.lessThan(Number.NEGATIVE_INFINITY, build.reduce('max', open, [0]));
    found.push(build.reshape(build.where(isOpen, best, -1), [1]));
    const gone = build.or(build.gather(overlaps, best, 0), build.equal(place, best));
    open = build.where(gone, Number.NEGATIVE_INFINITY, open);
  }
  return found;
}
