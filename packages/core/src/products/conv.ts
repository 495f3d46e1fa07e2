/**
 * Convolution as products, without an im2col matrix and without multiplying padding.
 *
 * Along each spatial axis, output positions that see the same kernel taps form a class: the interior, and a few
 * positions at each border; with input dilation also one per phase. Within a combination of classes, every output
 * position meets the same taps, and all indices are affine, so that it is exactly one product:
 *
 *   rows = batch × positions,   inner = taps × channels,   columns = output channels
 *
 * Neither padding nor the zeros between dilated inputs appear. The input gradient of a convolution (flipped kernel,
 * full padding, dilation by the stride) is then as cheap as the convolution itself.
 *
 * The filter gradient (channels as batch, batch as channels, output gradient as kernel) has few output positions and many
 * taps. Where products may add to each other's sums, its taps form the classes: all of the interior ones meet all outputs,
 * so that nearly everything is one product that reads each tap once. So do large kernels that few outputs meet.
 */
import type { LibraryRequest } from '../backend/library';
import type { NodeOf } from '../graph/node';
import { sizeOf } from '../shape/shape';
import { ALL_KINDS, epilogueLimits, type ProductMatch } from './matched';
import { type Axis, axis, type Product, simplify, sumsOf } from './product';
import { type ResultLayout, resultLayout } from './result';

/** More products than this are left to generated code: each then holds too little work. */
const MOST_PRODUCTS = 512;
/** With fewer output channels per group (a depthwise convolution has one), generated code is faster. */
const LEAST_CHANNELS_PER_GROUP = 4;
/**
 * With a kernel of at least so many elements, which the nearest caches do not hold, and no more output positions than this,
 * reading the kernel takes a large part of the time: then each tap is read once, and not by every class of outputs.
 */
const LEAST_KERNEL_ACCUMULATED = 1 << 16;
const MOST_ROWS_ACCUMULATED = 1024;

/** Output positions along one spatial axis that meet the same kernel taps, both in steps. */
export interface TapClass {
  readonly firstOutput: number;
  readonly outputStep: number;
  readonly outputs: number;
  readonly firstTap: number;
  readonly tapStep: number;
  readonly taps: number;
  /** Input position of the first tap at the first output, and how it moves. */
  readonly firstInput: number;
  readonly inputPerOutput: number;
  readonly inputPerTap: number;
}

export interface SpatialAxis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  /** Padding before the first element; negative crops. */
  readonly before: number;
  readonly inputDilation: number;
  readonly kernelDilation: number;
}

/** The classes of one spatial axis; together they hold each output position once. */
export function tapClasses(spatial: SpatialAxis): TapClass[] {
  const open = new Map<string, TapClass[]>();
  for (let output = 0; output < spatial.output; output++) {
    const single = tapsAt(spatial, output);
    const key = `${single.firstTap},${single.tapStep},${single.taps}`;
    const list = open.get(key);
    if (list === undefined) open.set(key, [single]);
    else {
      const extended = extend(list[list.length - 1], single);
      if (extended === undefined) list.push(single);
      else list[list.length - 1] = extended;
    }
  }
  return [...open.values()].flat();
}

/** The class of a single output position. */
function tapsAt(spatial: SpatialAxis, output: number): TapClass {
  const { inputDilation, kernelDilation } = spatial;
  const start = output * spatial.stride - spatial.before;
  const taps: number[] = [];
  for (let tap = 0; tap < spatial.kernel; tap++) {
    const position = start + tap * kernelDilation;
    if (position >= 0 && position % inputDilation === 0 && position < spatial.input * inputDilation)
      taps.push(tap);
  }
  const [firstTap = 0, secondTap = firstTap + 1] = taps;
  const tapStep = secondTap - firstTap;
  return {
    firstOutput: output,
    outputStep: 1,
    outputs: 1,
    firstTap,
    tapStep,
    taps: taps.length,
    firstInput: taps.length === 0 ? 0 : (start + firstTap * kernelDilation) / inputDilation,
    inputPerOutput: 0,
    inputPerTap: taps.length < 2 ? 0 : (tapStep * kernelDilation) / inputDilation,
  };
}

/** `before` with one more output position, when that continues its steps. */
function extend(before: TapClass | undefined, next: TapClass): TapClass | undefined {
  if (before === undefined) return undefined;
  const distance = next.firstOutput - before.firstOutput;
  const moved = next.firstInput - before.firstInput;
  if (before.outputs === 1) return { ...before, outputStep: distance, outputs: 2, inputPerOutput: moved };
  if (distance !== before.outputs * before.outputStep || moved !== before.outputs * before.inputPerOutput) {
    return undefined;
  }
  return { ...before, outputs: before.outputs + 1 };
}

/** The same pairs of outputs and taps in classes of taps that meet the same outputs: position is symmetric in both. */
function outputClasses(spatial: SpatialAxis): TapClass[] {
  const { kernel, output, stride, kernelDilation } = spatial;
  return tapClasses({
    ...spatial,
    kernel: output,
    output: kernel,
    stride: kernelDilation,
    kernelDilation: stride,
  })
    .filter(({ taps }) => taps > 0)
    .map((each) => ({
      firstOutput: each.firstTap,
      outputStep: each.tapStep,
      outputs: each.taps,
      firstTap: each.firstOutput,
      tapStep: each.outputStep,
      taps: each.outputs,
      firstInput: each.firstInput,
      inputPerOutput: each.inputPerTap,
      inputPerTap: each.inputPerOutput,
    }));
}

/** Every way to pick one element of each list. */
const combinations = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((picked, list) => picked.flatMap((head) => list.map((last) => [...head, last])), [[]]);

/** What a backend's products can do beside being computed one by one. */
export interface ProductAbilities {
  /** They may add to each other's sums. */
  readonly accumulate: boolean;
}

export function matchConv(
  node: NodeOf<'conv'>,
  [input, kernel]: LibraryRequest['operands'],
  { accumulate }: ProductAbilities = { accumulate: false },
): ProductMatch | undefined {
  if (input === undefined || kernel === undefined) return undefined;
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attributes;
  const last = node.shape.length - 1;
  const channels = node.shape[last] ?? 0;
  if (groups > 1 && channels / groups < LEAST_CHANNELS_PER_GROUP) return undefined;
  const spatial = stride.map((_, i) => ({
    input: input.shape[i + 1] ?? 0,
    kernel: kernel.shape[i] ?? 0,
    output: node.shape[i + 1] ?? 0,
    stride: stride[i] ?? 1,
    before: padding[i]?.[0] ?? 0,
    inputDilation: inputDilation[i] ?? 1,
    kernelDilation: kernelDilation[i] ?? 1,
  }));
  const countOf = (lists: readonly (readonly TapClass[])[]): number =>
    lists.reduce((total, list) => total * list.length, 1);
  const byOutput = spatial.map(tapClasses);
  const hasMoreTaps = spatial.every((each) => each.kernel > each.output);
  const isKernelLarge =
    sizeOf(kernel.shape) >= LEAST_KERNEL_ACCUMULATED &&
    sizeOf(node.shape.slice(0, last)) <= MOST_ROWS_ACCUMULATED;
  const accumulates = accumulate && groups === 1 && countOf(byOutput) > 1 && (hasMoreTaps || isKernelLarge);
  const classes = accumulates ? spatial.map(outputClasses) : byOutput;
  if (countOf(classes) > MOST_PRODUCTS) return undefined;
  const regions = combinations(classes);
  const isWhole = (list: readonly TapClass[], i: number): boolean =>
    list.reduce((total, { taps }) => total + taps, 0) === kernel.shape[i];
  // Regions of outputs: one that meets every tap has the whole kernel as its right operand. Regions of taps share none.
  const whole = regions.find((region) => region.every((each, i) => isWhole([each], i)));
  const parts = classes.every(isWhole) ? regions : [];
  const summing = accumulates ? parts : whole === undefined ? [] : [whole];
  const [summed] = summing;
  const productOf = (region: readonly TapClass[], layout: ResultLayout): Product =>
    regionProduct(node, [input, kernel], region, layout);
  return {
    name: 'conv',
    epilogue: epilogueLimits(ALL_KINDS),
    stridedOutput: true,
    operandSums: summed && sumsOf(productOf(summed, resultLayout(node.shape))),
    plan: (epilogue, outputStrides, withSums = false) => {
      const layout = resultLayout(node.shape, outputStrides);
      const products = regions.map((region) => ({
        ...productOf(region, layout),
        sums: withSums && summing.includes(region),
      }));
      return {
        products: accumulates ? [allRows(node, kernel, layout), ...products] : products,
        accumulates,
        epilogue,
      };
    },
  };
}

type View = LibraryRequest['operands'][number];

/** A product of nothing that names every row of the result. */
function allRows(node: NodeOf<'conv'>, kernel: View, layout: ResultLayout): Product {
  const last = node.shape.length - 1;
  return simplify({
    exchanged: false,
    left: 0,
    right: kernel.offset,
    output: 0,
    row: 0,
    loop: [],
    rows: node.shape
      .slice(0, last)
      .map((extent, i) => axis(extent, { output: layout.strides[i], row: layout.rows[i] })),
    inner: [axis(0, {})],
    columns: [axis(node.shape[last] ?? 0, { right: kernel.strides[last] })],
    sums: false,
  });
}

/** The product of one combination of classes. */
function regionProduct(
  node: NodeOf<'conv'>,
  [input, kernel]: readonly [View, View],
  region: readonly TapClass[],
  layout: ResultLayout,
): Product {
  const { groups } = node.attributes;
  const last = node.shape.length - 1;
  const along = (strides: readonly number[], i: number): number => strides[i] ?? 0;
  const rows: Axis[] = [
    axis(node.shape[0] ?? 0, {
      left: along(input.strides, 0),
      output: along(layout.strides, 0),
      row: along(layout.rows, 0),
    }),
  ];
  const inner: Axis[] = [];
  let left = input.offset;
  let right = kernel.offset;
  let output = 0;
  let row = 0;
  for (const [i, each] of region.entries()) {
    const inputStride = along(input.strides, i + 1);
    const kernelStride = along(kernel.strides, i);
    const outputStride = along(layout.strides, i + 1);
    const rowStride = along(layout.rows, i + 1);
    left += each.firstInput * inputStride;
    right += each.firstTap * kernelStride;
    output += each.firstOutput * outputStride;
    row += each.firstOutput * rowStride;
    rows.push(
      axis(each.outputs, {
        left: each.inputPerOutput * inputStride,
        output: each.outputStep * outputStride,
        row: each.outputStep * rowStride,
      }),
    );
    inner.push(axis(each.taps, { left: each.inputPerTap * inputStride, right: each.tapStep * kernelStride }));
  }
  const channelStride = along(input.strides, last);
  const channelsPerGroup = kernel.shape[last - 1] ?? 0;
  const columnsPerGroup = (node.shape[last] ?? 0) / groups;
  const columnStride = along(kernel.strides, last);
  inner.push(axis(channelsPerGroup, { left: channelStride, right: along(kernel.strides, last - 1) }));
  return simplify({
    exchanged: false,
    left,
    right,
    output,
    row,
    loop: [
      axis(groups, {
        left: channelsPerGroup * channelStride,
        right: columnsPerGroup * columnStride,
        column: columnsPerGroup,
      }),
    ],
    rows,
    inner,
    columns: [axis(columnsPerGroup, { right: columnStride })],
    sums: false,
  });
}
