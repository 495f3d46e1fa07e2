/**
 * Random graphs: programs of five to fifty operations on small tensors, drawn from a seed. What a scheduler fuses, splits,
 * shares and reorders is in the combinations, and nobody thinks of them all.
 *
 * Operations are chosen so that rounding stays rounding: values are kept near 1, and nothing jumps where two devices
 * may fall on different sides.
 */
import {
  arange,
  broadcastTo,
  concat,
  type Device,
  exp,
  expandDims,
  flip,
  gather,
  gradients,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  pad,
  permute,
  relu,
  reshape,
  sigmoid,
  sin,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  where,
} from '@hadal/core';
import { type InputSpec, input, makeValues, sizeOf } from './inputs';
import { type Random, seededRandom, shuffled } from './random';

/** A program drawn at random. */
export interface RandomGraph {
  readonly seed: number;
  readonly inputs: readonly InputSpec[];
  /** Names of the operations, in order. */
  readonly operations: readonly string[];
  /** Builds the outputs, and their gradients with respect to all inputs. */
  build(inputs: readonly Tensor[]): Tensor[];
}

/** Larger tensors are cut back, so that thousands of programs take minutes. */
const MOST_ELEMENTS = 600;
const EXTENTS = [1, 2, 3, 4, 5, 7];

const below = (random: Random, count: number): number => Math.floor(random() * count);

function pick<T>(random: Random, list: readonly T[]): T {
  const found = list[below(random, list.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

/** An operation on values made before; undefined where it does not fit the ones that were drawn. */
type Move = (random: Random, draw: () => Tensor) => Tensor | undefined;

const anyAxis = (random: Random, { rank }: Tensor): number => below(random, rank);

const someAxes = (random: Random, { rank }: Tensor): number[] =>
  shuffled(random, rank).slice(0, 1 + below(random, rank));

/** Brings a sum of `count` terms back to the size of one. */
const averaged = (x: Tensor, count: number): Tensor => x.mul(1 / Math.sqrt(Math.max(1, count)));

const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Move =>
  (_, draw) => {
    const [a, b] = [draw(), draw()];
    return canBroadcast(a.shape, b.shape) ? f(a, b) : undefined;
  };

function canBroadcast(a: readonly number[], b: readonly number[]): boolean {
  const rank = Math.max(a.length, b.length);
  const extents = Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === y || x === 1 || y === 1 ? Math.max(x, y) : Number.NaN;
  });
  return sizeOf(extents) <= MOST_ELEMENTS;
}

const unary =
  (f: (x: Tensor) => Tensor): Move =>
  (_, draw) =>
    f(draw());

const onAxes =
  (f: (x: Tensor, random: Random) => Tensor): Move =>
  (random, draw) => {
    const x = draw();
    return x.rank === 0 ? undefined : f(x, random);
  };

const reduction = (f: (x: Tensor, options: { axis: number[]; keepDims: boolean }) => Tensor): Move =>
  onAxes((x, random) => f(x, { axis: someAxes(random, x), keepDims: random() < 0.5 }));

/** A way to write `size` as extents. */
function factored(random: Random, size: number): number[] {
  const shape: number[] = [];
  let left = size;
  for (const factor of [2, 3, 5, 7, 2, 3]) {
    if (left % factor === 0 && random() < 0.6) {
      shape.push(factor);
      left /= factor;
    }
  }
  return [...shape, left].filter((extent) => extent !== 1 || random() < 0.5);
}

const MOVES: Readonly<Record<string, Move>> = {
  add: binary((a, b) => a.add(b).mul(0.7)),
  sub: binary((a, b) => a.sub(b).mul(0.7)),
  mul: binary((a, b) => a.mul(b)),
  div: binary((a, b) => a.div(b.abs().add(1))),
  maximum: binary(maximum),
  minimum: binary(minimum),
  choose: binary((a, b) => where(a.greater(b), a.mul(2), b)),
  tanh: unary((x) => x.tanh()),
  sigmoid: unary(sigmoid),
  sin: unary(sin),
  relu: unary(relu),
  exp: unary((x) => exp(minimum(x, 1)).mul(0.4)),
  log: unary((x) => x.abs().add(0.5).log()),
  sqrt: unary((x) => x.square().add(0.2).sqrt()),
  square: unary((x) => x.square().mul(0.4)),
  scale: (random, draw) => draw().mul(0.3 + random()),
  shift: (random, draw) => draw().add(random() - 0.5),
  // Factors and offsets that no multiple of the others' meets: nothing lies on a step by construction.
  integers: unary((x) => x.mul(3.7).add(0.137).cast('int32').mul(3).cast('float32').mul(0.1)),
  flags: unary((x) => x.greater(0).cast('float32').mul(x)),
  sum: reduction((x, options) =>
    averaged(sum(x, options), sizeOf(options.axis.map((axis) => x.shape[axis] ?? 1))),
  ),
  mean: reduction(mean),
  max: reduction(max),
  min: reduction(min),
  logSumExp: reduction(logSumExp),
  softmax: onAxes((x, random) => softmax(x, anyAxis(random, x)).mul(2)),
  normalize: onAxes((x) => {
    const centred = x.sub(mean(x, { axis: -1, keepDims: true }));
    return centred.div(mean(centred.square(), { axis: -1, keepDims: true }).add(0.3).sqrt());
  }),
  argMax: onAxes((x, random) => {
    const steps = reshape(arange(0, 0.37 * (x.size - 0.5), 0.37, { device: x.device }), x.shape);
    return x.add(sin(steps)).argMax(anyAxis(random, x)).cast('float32').mul(0.3);
  }),
  transpose: onAxes((x, random) => permute(x, shuffled(random, x.rank))),
  reshape: (random, draw) => {
    const x = draw();
    return reshape(x, factored(random, x.size));
  },
  flip: onAxes((x, random) => flip(x, someAxes(random, x))),
  slice: onAxes((x, random) => {
    const start = x.shape.map((extent) => below(random, extent));
    const step = x.shape.map(() => 1 + below(random, 2));
    return slice(x, start, [...x.shape], step);
  }),
  pad: onAxes((x, random) => (x.size > MOST_ELEMENTS / 8 ? x : pad(x, below(random, 3), random()))),
  expandDims: (random, draw) => {
    const x = draw();
    return x.rank > 3 ? undefined : expandDims(x, below(random, x.rank + 1));
  },
  repeat: (random, draw) => {
    const x = draw();
    const shape = [pick(random, EXTENTS), ...x.shape];
    return sizeOf(shape) > MOST_ELEMENTS || x.rank > 3 ? undefined : broadcastTo(x, shape);
  },
  concat: onAxes((x, random) => concat([x, x.mul(0.5)], anyAxis(random, x))),
  gather: onAxes((x, random) => {
    const axis = anyAxis(random, x);
    const extent = x.shape[axis] ?? 1;
    const at = Int32Array.from({ length: 1 + below(random, 5) }, () => below(random, extent));
    return gather(x, tensor(at, { device: x.device }), axis);
  }),
  matmul: onAxes((x) => {
    const matrix = x.rank === 1 ? expandDims(x, 0) : x;
    const inner = matrix.shape.at(-1) ?? 1;
    return averaged(matmul(matrix, matrix, { transposeB: true }), inner);
  }),
};

/** The program of a seed. */
export function randomGraph(seed: number): RandomGraph {
  const random = seededRandom(seed, 'random graph');
  const inputs = Array.from({ length: 1 + below(random, 3) }, () => {
    const shape = Array.from({ length: below(random, 5) }, () => pick(random, EXTENTS));
    while (sizeOf(shape) > MOST_ELEMENTS / 2) shape.pop();
    return input(shape);
  });
  const length = 5 + below(random, 46);
  const planned = Array.from({ length }, () => ({
    name: pick(random, Object.keys(MOVES)),
    seed: below(random, 2 ** 31),
  }));
  return {
    seed,
    inputs,
    operations: planned.map(({ name }) => name),
    build: (given) => built(planned, given, seed),
  };
}

function built(
  planned: readonly { readonly name: string; readonly seed: number }[],
  inputs: readonly Tensor[],
  seed: number,
): Tensor[] {
  const values = [...inputs];
  for (const step of planned) {
    const random = seededRandom(step.seed, step.name);
    // Recent values are drawn more often, so that chains become long.
    const draw = (): Tensor => {
      const recent = random() < 0.6 ? values.slice(-3) : values;
      return pick(random, recent);
    };
    const value = MOVES[step.name]?.(random, draw);
    if (value !== undefined && value.size <= MOST_ELEMENTS) values.push(value);
  }
  const random = seededRandom(seed, 'outputs');
  const outputs = [values.at(-1), pick(random, values), pick(random, values)].flatMap((each) => each ?? []);
  const loss = outputs
    .map((each) => averaged(sum(each.mul(each.tanh())), each.size))
    .reduce((total, each) => total.add(each));
  return [...outputs, loss, ...gradients(loss, inputs)];
}

/** The inputs of a program on a device. */
export function randomInputs({ seed, inputs }: RandomGraph, device: Device): Tensor[] {
  const random = seededRandom(seed, 'inputs');
  return inputs.map((spec) =>
    tensor(makeValues(spec, random), { shape: spec.shape, dtype: spec.dtype, device }),
  );
}
