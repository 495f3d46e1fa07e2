/**
 * Gradient rules against finite differences, in float64 on the interpreter.
 *
 * Derivatives are taken along random directions with the fourth-order stencil
 * (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h, whose error is about h⁴: with h = 1e-3 some 1e-11, so that even a
 * small mistake in a rule shows. A second-order check is a first-order check of the gradient's projection.
 */
import { gradients, interpreter, type Tensor, tensor } from '@hadal/core';
import { MismatchError } from './compare';
import { listed } from './conformance/forward';
import { isFloating, weightedSum } from './conformance/gradients';
import { normal, seededRandom } from './random';
import { FINITE_DIFFERENCES } from './tolerance';

export interface GradientCheckOptions {
  /** 1 checks the gradient, 2 also the gradient of the gradient. Default 1. */
  readonly order?: 1 | 2;
  /** Directions tried for every input. Default 2. */
  readonly directions?: number;
  readonly seed?: number;
}

const STEP = 1e-3;
const reference = interpreter();

/** Inputs of a check; float64 ones are differentiated, others are held. */
export interface GradientCheckInput {
  readonly values: Float64Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: 'float64' | 'int32' | 'uint8' | 'bool';
}

/**
 * Compares the gradients of `f` with finite differences.
 *
 * @param f      a function of tensors; its float results are projected to a number with random weights
 * @param inputs values at which `f` is smooth
 * @throws {MismatchError} naming the input and the order of the first derivative that is off
 * @example
 * await gradientCheck((x) => softmax(x), [{ values: Float64Array.of(1, 2, 3), shape: [3], dtype: 'float64' }], { order: 2 });
 */
export async function gradientCheck(
  f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  inputs: readonly GradientCheckInput[],
  { order = 1, directions = 2, seed = 1 }: GradientCheckOptions = {},
): Promise<void> {
  const project = (given: readonly Tensor[]): Tensor => weightedSum(listed(f(...given)), seed);
  await checkOrder(1, project, inputs, directions, seed);
  if (order === 1) return;
  const projectGradient = (given: readonly Tensor[]): Tensor =>
    weightedSum(gradients(project(given), given.filter(isFloating)), seed + 1);
  await checkOrder(2, projectGradient, inputs, directions, seed);
}

async function checkOrder(
  order: 1 | 2,
  project: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly GradientCheckInput[],
  directions: number,
  seed: number,
): Promise<void> {
  const given = tensorsOf(inputs);
  const floating = inputs.flatMap(({ dtype }, index) => (dtype === 'float64' ? [index] : []));
  const rules = gradients(
    project(given),
    floating.flatMap((index) => given[index] ?? []),
  );
  for (const [position, index] of floating.entries()) {
    const gradient = await rules[position]?.data();
    for (let direction = 0; direction < directions; direction++) {
      const random = seededRandom(seed, `direction ${direction} of input ${index}`);
      const along = Float64Array.from(inputs[index]?.values ?? [], () => normal(random));
      const expected = await difference(project, inputs, index, along);
      const actual = along.reduce((sum, step, i) => sum + step * (gradient?.[i] ?? 0), 0);
      const scale = along.reduce((sum, step, i) => sum + Math.abs(step * (gradient?.[i] ?? 0)), 1);
      const allowed = FINITE_DIFFERENCES.relative * Math.abs(expected) + FINITE_DIFFERENCES.absolute * scale;
      if (!(Math.abs(actual - expected) <= allowed)) {
        throw new MismatchError(
          `derivative of order ${order} along a direction of input ${index} is ${actual}, ` +
            `finite differences say ${expected}`,
        );
      }
    }
  }
}

function tensorsOf(inputs: readonly GradientCheckInput[]): Tensor[] {
  return inputs.map(({ values, shape, dtype }) => tensor(values, { shape, dtype, device: reference }));
}

/** The derivative of `project` along a direction of one input. */
async function difference(
  project: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly GradientCheckInput[],
  index: number,
  along: Float64Array,
): Promise<number> {
  const at = async (distance: number): Promise<number> => {
    const moved = inputs.map((given, i) =>
      i === index
        ? { ...given, values: Float64Array.from(given.values, (x, k) => x + distance * (along[k] ?? 0)) }
        : given,
    );
    return project(tensorsOf(moved)).item();
  };
  const near = (await at(STEP)) - (await at(-STEP));
  const far = (await at(2 * STEP)) - (await at(-2 * STEP));
  return (8 * near - far) / (12 * STEP);
}
