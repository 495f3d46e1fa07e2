/**
 * `whileLoop`: a body run as long as a condition holds, which is read back after every iteration.
 */
import { ArgumentError, DTypeError, ShapeError, TraceError } from '../errors';
import { broadcastTo, reshape, where as select } from '../graph/build';
import { type ControlRules, controlNode, resultOf, specOf } from '../graph/control';
import type { NodeOf } from '../graph/node';
import { formatShape, sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import { bodyParameter, closed, requireSynchronous, traced } from './body';
import { deviceOfLeaves, leavesOf, requireSameLeaves, withTensors } from './leaves';
import { describeControl } from './plan/describe';
import { divide } from './plan/divide';
import { CARRY_RULE, scan } from './scan';

export interface WhileLoopOptions {
  /**
   * Most iterations. With it the loop can be differentiated: it always runs as many iterations, those after the
   * condition has failed changing nothing. Default: no bound, and no gradient.
   */
  readonly maxIterations?: number;
}

/**
 * Runs a body as long as a condition holds: Newton's method, search, simulation until something happens. The carry is a
 * tensor, or arrays and objects of them.
 *
 * Condition and body are traced once; they may use tensors and variables around them. Whether to go on is read back from
 * the device after each iteration, unless there is a bound.
 *
 * @param condition of the carry: a bool of one element
 * @param body      of the carry: the next carry
 * @param initial   the carry of the first iteration
 * @returns the carry for which the condition does not hold
 * @throws {DTypeError} when the condition is not bool, or the body changes the dtype of a carry
 * @throws {ShapeError} when the condition has several elements, or the body changes the shape of a carry
 * @throws {ArgumentError} when something is not a tensor, or the bound is no number of iterations
 * @throws {TraceError} when a body is asynchronous, reads values or assigns variables; and from gradients that would
 *   have to pass through a loop without a bound
 * @example
 * const halved = whileLoop((x) => x.greater(1), (x) => x.mul(0.5), scalar(100));
 * await halved.item(); // 0.78125
 */
export function whileLoop<const Carry>(
  condition: (carry: Carry) => Tensor,
  body: (carry: Carry) => Carry,
  initial: Carry,
  { maxIterations }: WhileLoopOptions = {},
): Carry {
  const test = (carry: Carry): Tensor => {
    const holds = condition(carry);
    requireSynchronous('whileLoop', holds);
    requireCondition('whileLoop', 'the condition', holds);
    return new Tensor(reshape(holds.node, []), holds.device);
  };
  const next = (carry: Carry): Carry => {
    const result = body(carry);
    requireSynchronous('whileLoop', result);
    requireSameLeaves('whileLoop', 'the carry', CARRY_RULE, ['before the body', carry], ['after it', result]);
    return result;
  };
  return maxIterations === undefined
    ? unbounded(test, next, initial)
    : bounded(test, next, initial, maxIterations);
}

/** Checks that something is one truth value. */
export function requireCondition(where: string, what: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor)) {
    throw new ArgumentError(
      where,
      `${what} is a ${typeof value}, expected a bool tensor of one element.`,
      'Comparisons give bool: x.less(1).',
    );
  }
  if (value.dtype !== 'bool') {
    throw new DTypeError(
      where,
      `${what} is ${value.dtype}, expected bool.`,
      'Compare it with something: x.notEqual(0).',
    );
  }
  if (sizeOf(value.shape) !== 1) {
    throw new ShapeError(
      where,
      `${what} has shape ${formatShape(value.shape)}, expected one element.`,
      'Reduce it with any(x) or all(x).',
    );
  }
}

const rules: ControlRules = {
  describe: describeControl,
  divide,
  vjp() {
    throw new TraceError(
      'gradients',
      'a gradient would have to pass through whileLoop, which does not keep its iterations.',
      'Bound them: whileLoop(condition, body, initial, { maxIterations: 100 }); or use scan or forLoop.',
    );
  },
};

function unbounded<Carry>(
  test: (carry: Carry) => Tensor,
  next: (carry: Carry) => Carry,
  initial: Carry,
): Carry {
  const first = leavesOf('whileLoop', 'the initial carry', initial);
  const device = deviceOfLeaves('whileLoop', first);
  const given = (): { parameters: NodeOf<'parameter'>[]; carry: Carry } => {
    const parameters = first.map(({ tensor }) => bodyParameter(tensor));
    const tensors = parameters.map((parameter) => new Tensor(parameter, device));
    return { parameters, carry: withTensors(initial, tensors) };
  };
  const before = given();
  const tested = traced('whileLoop', () => test(before.carry));
  if (tested.states.length > 0) {
    throw new TraceError(
      'whileLoop',
      'the condition draws random numbers.',
      'Draw them in the body and carry what the condition needs.',
    );
  }
  const inside = given();
  const { result, states, since } = traced('whileLoop', () => next(inside.carry));
  const after = leavesOf('whileLoop', 'the carry', result);
  const outputs = after.map(({ tensor }) => tensor.node);

  const random = states.map(({ parameter }) => parameter);
  const { bodies, captured } = closed(
    [
      {
        // Streams of random numbers are carried along; the condition does not look at them.
        parameters: [...before.parameters, ...random.map((parameter) => bodyParameter(parameter))],
        outputs: [tested.result.node],
        since: tested.since,
      },
      {
        parameters: [...inside.parameters, ...random],
        outputs: [...outputs, ...states.map(({ final }) => final)],
        since,
      },
    ],
    true,
  );
  const [condition, body] = bodies;
  if (condition === undefined || body === undefined) throw new Error('a loop without bodies');
  const carried = [...first.map(({ tensor }) => tensor.node), ...states.map(({ storage }) => storage.node)];
  const loop = controlNode([...carried, ...captured], {
    control: { kind: 'while', condition, body, carries: carried.length },
    results: carried.map(specOf),
    rules,
  });
  states.forEach(({ storage }, index) => {
    storage.assign(resultOf(loop, first.length + index));
  });
  // What the bodies captured may say where it lives.
  const home = deviceOfLeaves('whileLoop', [...first, ...after, { path: '', tensor: tested.result }]);
  return withTensors(
    initial,
    first.map((_, index) => new Tensor(resultOf(loop, index), home)),
  );
}

/**
 * A scan in which iterations after the end leave the carry as it is. The body then gets the initial carry, for which it
 * is certainly meant, so that no NaN of an unused result reaches a gradient.
 */
function bounded<Carry>(
  test: (carry: Carry) => Tensor,
  next: (carry: Carry) => Carry,
  initial: Carry,
  maxIterations: number,
): Carry {
  if (!Number.isInteger(maxIterations) || maxIterations < 0) {
    throw new ArgumentError('whileLoop', `maxIterations ${maxIterations} is not a number of iterations.`);
  }
  const [last] = scan(
    (carry: Carry): [Carry, undefined] => {
      const holds = test(carry);
      const chosen = (whenTrue: Carry, whenFalse: Carry): Carry => {
        const [yes, no] = [
          leavesOf('whileLoop', 'the carry', whenTrue),
          leavesOf('whileLoop', 'the carry', whenFalse),
        ];
        const tensors = yes.map(({ tensor }, index) => {
          const other = no[index]?.tensor ?? tensor;
          const condition = broadcastTo(holds.node, tensor.shape);
          return new Tensor(select(condition, tensor.node, other.node), tensor.device);
        });
        return withTensors(carry, tensors);
      };
      return [chosen(next(chosen(carry, initial)), carry), undefined];
    },
    initial,
    undefined,
    { length: maxIterations },
  );
  return last;
}
