/**
 * `vmap`: a function written for one example becomes one for a batch.
 *
 * The function is called once, with stand-ins for one example; the graph it builds is then rewritten so that each node
 * treats all examples at once (see batching/). Nothing is looped over: a product of vectors becomes a product of
 * matrices, a convolution of one image a convolution of many.
 */
import { ArgumentError, ShapeError, TraceError } from '../errors';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import { mapLeaves } from '../structure';
import { Tensor } from '../tensor';
import { withStateScope } from '../trace';
import { axesOfLeaves, type BatchAxes, batchAxis } from './axes';
import { Batching, type Randomness } from './batching/batching';
import { moveAxis } from './batching/operand';
import { MappedScope } from './mapped-scope';

export interface VmapOptions {
  /**
   * The axis that counts examples: one for all arguments, or a list with one for each. null for what all examples
   * share. An argument that is an array or an object takes one axis for all of it, or a structure like its own.
   * Default 0. What is no tensor is passed on as it is.
   */
  readonly inAxes?: BatchAxes;
  /** Where the axis of examples goes in the results; null where all examples give the same. Default 0. */
  readonly outAxes?: BatchAxes;
  /** Whether random functions called inside draw other numbers for each example. Default 'different'. */
  readonly randomness?: Randomness;
}

/**
 * The function that does for every example of a batch what `f` does for one.
 *
 * `f` sees tensors without the batch axis, and is called once. It may take and return arrays and objects of tensors,
 * read variables, draw random numbers, and use `grad` or `vmap` inside. Values cannot be read and variables cannot be
 * assigned in it.
 *
 * @param f a function of tensors, or of arrays and objects of them
 * @returns a function of batches, each argument with one axis more than `f` takes, to batches of results
 * @throws {ShapeError} when the batches have different sizes
 * @throws {AxisError} when an argument has no such axis
 * @throws {ArgumentError} when no argument has a batch axis, or axes do not fit the arguments
 * @throws {TraceError} when `f` is asynchronous, reads values or assigns variables
 * @example
 * const distance = (a: Tensor, b: Tensor) => a.sub(b).square().sum().sqrt();
 * const points = tensor([[3, 4], [6, 8]]);
 * await vmap(distance, { inAxes: [0, null] })(points, tensor([0, 0])).data(); // Float32Array [5, 10]
 * const slopes = vmap(grad((x) => x.mul(x).sum()));
 * await slopes(tensor([[1, 2], [3, 4]])).data(); // Float32Array [2, 4, 6, 8]
 */
export function vmap<Arguments extends readonly unknown[], Result>(
  f: (...args: Arguments) => Result,
  { inAxes = 0, outAxes = 0, randomness = 'different' }: VmapOptions = {},
): (...args: Arguments) => Result {
  return (...args) => {
    const axes = axesOfLeaves('the list of arguments', args, inAxes);
    const batches = batchesOf(args, axes);
    const batching = new Batching(sizeOf(batches), randomness);
    let next = 0;
    const examples = mapLeaves(args, (leaf) => {
      const batch = batches[next++];
      return leaf instanceof Tensor && batch !== undefined
        ? new Tensor(batching.standIn(batch), leaf.device)
        : leaf;
    });
    const scope = new MappedScope();
    const result = withStateScope(scope, () => f(...examples));
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new TraceError(
        'vmap',
        'the mapped function is asynchronous.',
        'map a synchronous function, and await its result outside.',
      );
    }
    scope.finish(batching);
    return batchedResult(result, batching, outAxes);
  };
}

/** For every leaf the batch with the examples along axis 0, or undefined where all examples share it. */
function batchesOf(args: readonly unknown[], axes: readonly (number | null)[]): (Node | undefined)[] {
  const batches: (Node | undefined)[] = [];
  mapLeaves(args, (leaf) => {
    const axis = axes[batches.length];
    if (!(leaf instanceof Tensor) || axis === null || axis === undefined) return batches.push(undefined);
    const what = `the tensor ${formatShape(leaf.shape)}`;
    return batches.push(moveAxis(leaf.node, batchAxis(what, axis, leaf.rank), 0));
  });
  return batches;
}

function sizeOf(batches: readonly (Node | undefined)[]): number {
  const sizes = new Set(batches.flatMap((batch) => (batch === undefined ? [] : extentAt(batch.shape, 0))));
  const [size, other] = sizes;
  if (size === undefined) {
    throw new ArgumentError(
      'vmap',
      'no argument has a batch axis, so that the number of examples is not known.',
      'At least one tensor needs an axis other than null.',
    );
  }
  if (other !== undefined) {
    throw new ShapeError(
      'vmap',
      `the arguments hold different numbers of examples: ${[...sizes].join(', ')}.`,
      'Arguments that all examples share have the axis null, as in { inAxes: [0, null] }.',
    );
  }
  return size;
}

function batchedResult<Result>(result: Result, batching: Batching, outAxes: BatchAxes): Result {
  const axes = axesOfLeaves('the result', result, outAxes);
  let next = 0;
  return mapLeaves(result, (leaf) => {
    const axis = axes[next++];
    if (!(leaf instanceof Tensor)) return leaf;
    if (axis === null || axis === undefined) {
      if (batching.find(leaf.node) === undefined) return new Tensor(batching.shared(leaf.node), leaf.device);
      throw new ArgumentError(
        'vmap',
        `outAxes is null for a result ${formatShape(leaf.shape)} that depends on the example.`,
        'Give the axis that its examples should lie along.',
      );
    }
    const all = batching.all(leaf.node);
    const to = batchAxis(`the result ${formatShape(all.shape)}`, axis, all.shape.length);
    return new Tensor(moveAxis(all, 0, to), leaf.device);
  });
}
