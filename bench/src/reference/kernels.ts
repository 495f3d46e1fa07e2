/**
 * What single operations have to arrive at, computed in plain float64 loops that share nothing with the contestants.
 * Only probed values are computed, since all would take longer than the contestants do.
 */
import type { ConvProblem, EagerProblem, GemmProblem, Problem, RowsProblem } from '../../peers/protocol.mjs';

type Blocks = Problem['blocks'];

function blockAt(blocks: Blocks, at: number): Blocks[number] {
  const block = blocks.at(at);
  if (!block) throw new Error(`The problem has no array ${at}.`);
  return block;
}

export function referenceProduct(spec: GemmProblem, blocks: Blocks, input: number): number[] {
  const a = blockAt(blocks, input).data;
  const b = blockAt(blocks, -1).data;
  return spec.probes.map((at) => {
    const row = Math.floor(at / spec.size);
    const column = at % spec.size;
    let sum = 0;
    for (let k = 0; k < spec.size; k++) sum += a[row * spec.size + k]! * b[k * spec.size + column]!;
    return sum;
  });
}

/** Coordinates of a flat position, outermost first. */
function coordinates(at: number, shape: readonly number[]): number[] {
  const result: number[] = [];
  let rest = at;
  for (const extent of [...shape].reverse()) {
    result.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return result;
}

/** The probed values of the convolution, and of the gradients for the images and the kernel. */
export function referenceConvolution(spec: ConvProblem, blocks: Blocks, input: number): number[] {
  const images = blockAt(blocks, input);
  const kernel = blockAt(blocks, spec.inputs);
  const [batch = 1, height = 1, width = 1, channels = 1] = images.shape;
  const [extent = 1, , , filters = 1] = kernel.shape;
  const before = (extent - 1) >> 1;
  const result = [batch, height, width, filters];
  const imageAt = (n: number, y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= height || x >= width
      ? 0
      : images.data[((n * height + y) * width + x) * channels + c]!;
  const weightAt = (i: number, j: number, c: number, f: number): number =>
    kernel.data[((i * extent + j) * channels + c) * filters + f]!;

  const forward = (n: number, y: number, x: number, f: number): number => {
    let sum = 0;
    for (let i = 0; i < extent; i++)
      for (let j = 0; j < extent; j++)
        for (let c = 0; c < channels; c++)
          sum += imageAt(n, y + i - before, x + j - before, c) * weightAt(i, j, c, f);
    return sum;
  };
  const probed = (
    at: number,
    shape: readonly number[],
    value: (a: number, b: number, c: number, d: number) => number,
  ): number[] =>
    (spec.probes[at] ?? []).map((position) => {
      const [a = 0, b = 0, c = 0, d = 0] = coordinates(position, shape);
      return value(a, b, c, d);
    });
  if (!spec.backward) return probed(0, result, forward);

  const cotangent = blockAt(blocks, spec.inputs + 1).data;
  const cotangentAt = (n: number, y: number, x: number, f: number): number =>
    y < 0 || x < 0 || y >= height || x >= width
      ? 0
      : cotangent[((n * height + y) * width + x) * filters + f]!;
  const imageGradient = (n: number, y: number, x: number, c: number): number => {
    let sum = 0;
    for (let i = 0; i < extent; i++)
      for (let j = 0; j < extent; j++)
        for (let f = 0; f < filters; f++)
          sum += cotangentAt(n, y - i + before, x - j + before, f) * weightAt(i, j, c, f);
    return sum;
  };
  const kernelGradient = (i: number, j: number, c: number, f: number): number => {
    let sum = 0;
    for (let n = 0; n < batch; n++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          sum += cotangentAt(n, y, x, f) * imageAt(n, y + i - before, x + j - before, c);
    return sum;
  };
  return [
    ...probed(0, result, forward),
    ...probed(1, images.shape, imageGradient),
    ...probed(2, kernel.shape, kernelGradient),
  ];
}

export function referenceRows(spec: RowsProblem, blocks: Blocks, input: number): number[] {
  const { data, shape } = blockAt(blocks, input);
  const columns = shape.at(-1) ?? 1;
  const rowOf = (at: number): Float32Array => {
    const begin = at - (at % columns);
    return data.subarray(begin, begin + columns);
  };
  const mean = (values: ArrayLike<number>, of: (value: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += of(values[i]!);
    return sum / values.length;
  };
  switch (spec.operation) {
    case 'chain':
      return spec.probes.map((at) => Math.max(0, data[at]! * 1.7 - 0.3) * data[at]! + data[at]!);
    case 'softmax':
      return spec.probes.map((at) => {
        const row = rowOf(at);
        return Math.exp(data[at]!) / (mean(row, Math.exp) * row.length);
      });
    case 'layerNorm':
      return spec.probes.map((at) => {
        const row = rowOf(at);
        const center = mean(row, (value) => value);
        const variance = mean(row, (value) => (value - center) ** 2);
        return (data[at]! - center) / Math.sqrt(variance + 1e-5);
      });
    case 'sum':
      return [mean(data, (value) => value) * data.length];
  }
}

export function referenceChain(spec: EagerProblem, blocks: Blocks): number[] {
  const summands = blocks.slice(1);
  return Array.from(blockAt(blocks, 0).data, (first, at) => {
    let sum = first;
    for (let i = 0; i < spec.length; i++) sum += summands[i % summands.length]!.data[at]!;
    return sum;
  });
}
