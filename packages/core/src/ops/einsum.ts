/**
 * Einstein summation: products of any number of operands, summed over the axes that the result does not name.
 *
 * Operands meet in pairs, cheapest pair first, and each pair is one `dot` node: letters that both have and nobody needs
 * afterwards are contracted, other shared ones are batch axes. Axes of extent 1 are taken away at the start and put back
 * at the end, so that what is repeated stays a smaller operand instead of a larger batch.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, range, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { type Labels, readNotation } from './einsum-notation';
import { operandNodes, type TensorLike, tensorFrom, widenedNode } from './operand';

/** An operand, or what some of them became, with a label for each axis. */
interface Term {
  readonly node: Node;
  readonly labels: Labels;
}

/**
 * Einstein summation. Each operand's axes are named by letters, operands are separated by commas, and the axes of the
 * result follow an arrow; what it does not name is summed over. A letter that an operand repeats takes its diagonal.
 * `...` stands for axes without a name, which broadcast. Without an arrow the result has the unnamed axes, then the
 * letters that appear once, in alphabetical order. Integers are multiplied in int32.
 *
 * Of more than two operands those meet first whose product is smallest compared with what they were.
 *
 * @param equation as in NumPy: `ij,jk->ik`; blanks are ignored
 * @param operands as many as the equation names
 * @throws {ArgumentError} when the equation cannot be read or names another number of operands
 * @throws {ShapeError} when ranks do not fit, or a letter stands for different extents
 * @example
 * einsum('bqhd,bkhd->bhqk', zeros([8, 5, 4, 16]), zeros([8, 7, 4, 16])).shape; // [8, 4, 5, 7]
 * await einsum('ii', tensor([[1, 2], [3, 4]])).item(); // 5
 * await einsum('i,j->ij', tensor([1, 2]), tensor([3, 4])).array(); // [[3, 4], [6, 8]]
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  if (operands.length === 0) throw new ArgumentError('einsum', 'no operands were given.');
  const nodes = operandNodes('einsum', operands).map(widenedNode);
  return tensorFrom('einsum', einsumNode('einsum', equation, nodes), operands);
}

/** Einstein summation of nodes of one numeric dtype. */
export function einsumNode(where: string, equation: string, nodes: readonly Node[]): Node {
  const shapes = nodes.map(({ shape }) => shape);
  const { inputs, output, extents } = readNotation(where, equation, shapes);
  const wanted = output.filter((label) => extents.get(label) !== 1);
  const given = nodes.map((node, i) => distinct(node, inputs[i] ?? []));
  let terms = given.map((term, i) =>
    summedAlone(
      term,
      kept(
        given.filter((_, k) => k !== i),
        wanted,
      ),
    ),
  );
  while (terms.length > 1) {
    const [first, second] = cheapestPair(terms, wanted);
    const others = terms.filter((_, i) => i !== first && i !== second);
    const [a, b] = [terms[first], terms[second]];
    if (a === undefined || b === undefined) break;
    terms = [...others, contracted(a, b, kept(others, wanted), others.length === 0 ? wanted : [])];
  }
  const [last] = terms;
  if (last === undefined) throw new ArgumentError(where, 'no operands were given.');
  const ordered = build.permute(last.node, placesOf(wanted, last.labels));
  return build.reshape(
    ordered,
    output.map((label) => extents.get(label) ?? 1),
  );
}

/** Where each of `labels` is in `among`. */
const placesOf = (labels: Labels, among: Labels): number[] => labels.map((label) => among.indexOf(label));

/** The labels that others or the result still need. */
const kept = (others: readonly Term[], wanted: Labels): ReadonlySet<string> =>
  new Set([...others.flatMap(({ labels }) => labels), ...wanted]);

/** An operand with one axis for each label that has another extent than 1. */
function distinct(node: Node, labels: Labels): Term {
  let term: Term = { node, labels };
  for (const label of new Set(labels)) {
    while (term.labels.indexOf(label) !== term.labels.lastIndexOf(label)) term = diagonal(term, label);
  }
  const { shape } = term.node;
  return {
    node: build.reshape(
      term.node,
      shape.filter((extent) => extent !== 1),
    ),
    labels: term.labels.filter((_, axis) => shape[axis] !== 1),
  };
}

/** A term summed over the labels that nobody else needs. */
function summedAlone({ node, labels }: Term, needed: ReadonlySet<string>): Term {
  const alone = labels.filter((label) => !needed.has(label));
  return {
    node: build.sum(node, placesOf(alone, labels)),
    labels: labels.filter((label) => needed.has(label)),
  };
}

/** Two axes of one label become one: every (n + 1)-th element of the n × n in a row. */
function diagonal({ node, labels }: Term, label: string): Term {
  const [first, second] = [labels.indexOf(label), labels.lastIndexOf(label)];
  const extent = extentAt(node.shape, first);
  const moved = build.moveToEnd(node, [first, second]);
  const rest = moved.shape.slice(0, -2);
  const rows = build.reshape(moved, [...rest, extent * extent]);
  return {
    node: build.sliceAxis(rows, rest.length, 0, extent * extent, extent + 1),
    labels: [...labels.filter((_, axis) => axis !== first && axis !== second), label],
  };
}

/** The pair that leaves least behind: the size of its product less those of the two, then the multiplications. */
function cheapestPair(terms: readonly Term[], wanted: Labels): readonly [number, number] {
  let pair: readonly [number, number] = [0, 1];
  let [least, fewest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  terms.forEach((a, i) => {
    terms.slice(i + 1).forEach((b, offset) => {
      const j = i + 1 + offset;
      const needed = kept(
        terms.filter((_, k) => k !== i && k !== j),
        wanted,
      );
      const all = new Map([...extentsOf(a), ...extentsOf(b)]);
      const products = sizeOf([...all.values()]);
      const result = sizeOf([...all].filter(([label]) => needed.has(label)).map(([, extent]) => extent));
      const growth = result - sizeOf(a.node.shape) - sizeOf(b.node.shape);
      if (growth < least || (growth === least && products < fewest)) {
        pair = [i, j];
        [least, fewest] = [growth, products];
      }
    });
  });
  return pair;
}

const extentsOf = ({ node, labels }: Term): (readonly [string, number])[] =>
  labels.map((label, axis) => [label, extentAt(node.shape, axis)] as const);

/** The product of two terms, summed over what nobody needs; `wanted` is the order of the result where that is known. */
function contracted(a: Term, b: Term, needed: ReadonlySet<string>, wanted: Labels): Term {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const summed = shared.filter((label) => !needed.has(label));
  if (summed.length === 0) return multiplied(a, b, wanted);
  const rank = (label: string): number => wanted.indexOf(label);
  const batch = shared.filter((label) => needed.has(label)).sort((x, y) => rank(x) - rank(y));
  const free = (term: Term): string[] =>
    term.labels.filter((label) => !shared.includes(label)).sort((x, y) => rank(x) - rank(y));
  const [freeA, freeB] = [free(a), free(b)];
  // Whose axes come last decides how the result lies in memory.
  const turned = freeA.length > 0 && wanted.at(-1) === freeA.at(-1);
  const [left, right] = turned ? [b, a] : [a, b];
  const [freeLeft, freeRight] = turned ? [freeB, freeA] : [freeA, freeB];
  const [x, y] = [withFreeAxes(left, freeLeft), withFreeAxes(right, freeRight)];
  return {
    node: build.dot(x.node, y.node, {
      leftBatch: placesOf(batch, x.labels),
      rightBatch: placesOf(batch, y.labels),
      leftContract: placesOf(summed, x.labels),
      rightContract: placesOf(summed, y.labels),
    }),
    labels: [...batch, ...freeLeft, ...freeRight],
  };
}

/** The term with its free axes in the given order among each other: a view, unlike a result in another order. */
function withFreeAxes({ node, labels }: Term, free: Labels): Term {
  const queue = [...free];
  const ordered = labels.map((label) => (free.includes(label) ? (queue.shift() ?? label) : label));
  return { node: build.permute(node, placesOf(ordered, labels)), labels: ordered };
}

/** Nothing is summed: the product element by element, in the order of the result where that is known. */
function multiplied(a: Term, b: Term, wanted: Labels): Term {
  const all = [...new Set([...a.labels, ...b.labels])];
  const labels = wanted.length === all.length ? wanted : all;
  const aligned = ({ node, labels: own }: Term): Node => {
    const present = labels.filter((label) => own.includes(label));
    const ordered = build.permute(node, placesOf(present, own));
    const missing = range(labels.length).filter((i) => !own.includes(labels[i] ?? ''));
    return build.insertAxes(ordered, missing);
  };
  return { node: build.mul(aligned(a), aligned(b)), labels };
}
