/** What optimizers refuse: wrong moments to build, unknown variables, gradients and numbers that do not fit. */
import type { Tensor, Variable } from '@hadal/core';
import { ArgumentError, ShapeError, TraceError } from '@hadal/core';

/** Whether a variable's value stands for a parameter of a function that is being compiled. */
function isTraced({ value }: Variable): boolean {
  let { node } = value;
  for (let [first] = node.inputs; first !== undefined; [first] = node.inputs) node = first;
  return node.op === 'parameter';
}

/** Checks variables that an optimizer is to be built with. */
export function requireBuildable(variables: readonly Variable[]): void {
  const [first] = variables;
  if (first === undefined) {
    throw new ArgumentError('optimizer.build', 'there are no variables to train.');
  }
  if (new Set(variables).size !== variables.length) {
    throw new ArgumentError('optimizer.build', 'a variable is listed twice.');
  }
  if (!isTraced(first)) return;
  throw new TraceError(
    'optimizer.build',
    'the optimizer is being built inside a compiled function, where variables cannot be moved.',
    'Call optimizer.build(variables) once, before the compiled step is called.',
  );
}

/** Checks that a built optimizer is given its own variables again. */
export function requireKnown(known: readonly Variable[], variables: readonly Variable[]): void {
  const same = variables.length === known.length && variables.every((given, index) => given === known[index]);
  if (same) return;
  throw new ArgumentError(
    'optimizer.build',
    `this optimizer was built for ${known.length} variables and now gets ${variables.length} others.`,
    'Make a new optimizer for another model: its state belongs to the variables it was built with.',
  );
}

/** Checks that an optimizer was built. */
export function requireBuilt(where: string, variables: readonly Variable[]): void {
  if (variables.length > 0) return;
  throw new ArgumentError(
    where,
    'the optimizer does not know its variables yet.',
    'Call optimizer.build(variables) first, or pass the variables as the second argument.',
  );
}

/** Checks that there is a gradient of the right shape for each variable. */
export function requireGradients(variables: readonly Variable[], gradients: readonly Tensor[]): void {
  if (gradients.length !== variables.length) {
    throw new ArgumentError(
      'optimizer.apply',
      `${gradients.length} gradients for ${variables.length} variables.`,
      'Pass one gradient per variable, in the order of optimizer.build.',
    );
  }
  for (const [index, gradient] of gradients.entries()) {
    const { name, shape } = variables[index]!;
    const fits =
      gradient.shape.length === shape.length &&
      gradient.shape.every((extent, axis) => extent === shape[axis]);
    if (!fits) {
      throw new ShapeError(
        'optimizer.apply',
        `the gradient of '${name}' is [${gradient.shape}], expected [${shape}].`,
      );
    }
  }
}

/** Checks a decay of a running mean. */
export function requireDecay(where: string, name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new ArgumentError(where, `${name} is ${value}; expected a number in [0, 1).`);
}

/** Checks a number that must not be negative. */
export function requireNotNegative(where: string, name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new ArgumentError(where, `${name} is ${value}; expected at least 0.`);
}

/** Checks a fraction. */
export function requireFraction(where: string, name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new ArgumentError(where, `${name} is ${value}; expected a number in [0, 1].`);
}

/** Checks a positive integer. */
export function requirePositiveInteger(where: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new ArgumentError(where, `${name} is ${value}; expected a positive integer.`);
}
