/**
 * Loop kernels as WGSL. A kernel has up to two entry points, between which the extents of a run decide:
 *
 * - `points`: one invocation per grid point, neighbours along the innermost axis, loops in order
 * - `rows`: one workgroup per grid point, whose invocations share the loops; accumulators are combined in workgroup memory
 *   in a fixed order
 */
import { DeviceError } from '@hadal/core';
import { type Extent, KERNEL_FORM_VERSION, type LoopKernel } from '@hadal/core/backend';
import { folded, type Shader, type ShaderPass, type Workgroups } from '../shader';
import { declareArguments, declareBinding } from '../words';
import { EntryPrinter } from './entry';
import { functionsOf } from './functions';
import { ScalarPrinter } from './scalar';

/** What suits the device that the kernel is printed for. */
export interface PrintOptions {
  /** Whether the adapter computes on the processor, where barriers are dear and hundreds of invocations are many. */
  readonly isSoftware: boolean;
}

/** Invocations of a workgroup that takes one grid point each. */
const POINT_THREADS = 64;
/** Invocations of a workgroup that shares a grid point. */
const MOST_ROW_THREADS = 256;
const LEAST_ROW_THREADS = 32;

/** Loops shorter than this are not worth a workgroup. */
const SHARED_LOOP = 64;
/** Grid points that keep a GPU busy by themselves, where invocations next to each other read elements next to each other. */
const BUSY_POINTS = 4096;
/** The same for an adapter that computes on the processor; fewer are shared where loops are long. */
const BUSY_POINTS_IN_SOFTWARE = 64;
const SHARED_LOOP_IN_SOFTWARE = 512;

const product = (values: readonly number[]): number => values.reduce((total, value) => total * value, 1);

/** Whether each grid point should have a workgroup, for so many points with the longest loop of so many. */
function prefersRows(
  kernel: LoopKernel,
  points: number,
  length: number,
  { isSoftware }: PrintOptions,
): boolean {
  if (isSoftware) return points < BUSY_POINTS_IN_SOFTWARE && length >= SHARED_LOOP_IN_SOFTWARE;
  return length >= SHARED_LOOP && (kernel.vectorAxis === 'loop' || points < BUSY_POINTS);
}

/** A stage that reads what its own loop wrote needs its loop in order. */
function canShareLoops(kernel: LoopKernel): boolean {
  return kernel.stages.every(({ loop, body, stores }) => {
    const written = new Set(stores.map(({ buffer }) => buffer));
    return loop.length === 0 || body.every((step) => step.op !== 'load' || !written.has(step.buffer));
  });
}

/** The number where an extent is known, else undefined. */
const known = (extents: readonly Extent[]): number | undefined =>
  extents.every((extent) => typeof extent === 'number') ? product(extents) : undefined;

/** Which entry points can be wanted, going by what is known of the extents. */
function entriesOf(kernel: LoopKernel, options: PrintOptions): readonly ('points' | 'rows')[] {
  if (!canShareLoops(kernel)) return ['points'];
  const points = known(kernel.grid);
  const lengths = kernel.stages.map(({ loop }) => known(loop));
  const isKnown = lengths.every((length) => length !== undefined);
  if (isKnown) {
    const length = Math.max(...lengths.filter((each) => each !== undefined));
    // One point is the least, and none the most.
    const few = prefersRows(kernel, points ?? 1, length, options);
    const many = prefersRows(kernel, points ?? Number.POSITIVE_INFINITY, length, options);
    if (few === many) return [few ? 'rows' : 'points'];
  }
  return ['points', 'rows'];
}

function rowThreads(kernel: LoopKernel): number {
  const lengths = kernel.stages.map(({ loop }) => known(loop) ?? MOST_ROW_THREADS * 2);
  const longest = Math.max(...lengths);
  let threads = LEAST_ROW_THREADS;
  while (threads < MOST_ROW_THREADS && threads * 2 < longest) threads *= 2;
  return threads;
}

const NONE: Workgroups = [0, 0, 0];

/** The product of extents at a run. It is asked for at every dispatch, and so allocates nothing. */
function productOf(extents: readonly Extent[], integers: readonly number[]): number {
  let total = 1;
  for (let i = 0; i < extents.length; i++) {
    const extent = extents[i] ?? 1;
    total *= typeof extent === 'number' ? extent : (integers[extent.argument] ?? 0);
  }
  return total;
}

function longestLoop({ stages }: LoopKernel, integers: readonly number[]): number {
  let longest = 1;
  for (const { loop } of stages) longest = Math.max(longest, productOf(loop, integers));
  return longest;
}

/** Prints a kernel. */
export function printKernel(kernel: LoopKernel, options: PrintOptions): Shader {
  if (kernel.version !== KERNEL_FORM_VERSION) {
    throw new DeviceError(
      'webgpu',
      `kernel "${kernel.name}" has version ${kernel.version} of the form, this printer knows ${KERNEL_FORM_VERSION}.`,
    );
  }
  const scalars = new ScalarPrinter();
  const entries = entriesOf(kernel, options);
  const texts = entries.map((entry) =>
    entry === 'points'
      ? new EntryPrinter(kernel, scalars, 'points', POINT_THREADS).print()
      : new EntryPrinter(kernel, scalars, 'rows', rowThreads(kernel)).print(),
  );
  const isEither = entries.length > 1;
  const passes = entries.map((entryPoint): ShaderPass => {
    const isRows = entryPoint === 'rows';
    return {
      entryPoint,
      workgroups: (integers) => {
        const points = productOf(kernel.grid, integers);
        if (isEither && prefersRows(kernel, points, longestLoop(kernel, integers), options) !== isRows)
          return NONE;
        return folded(isRows ? points : Math.ceil(points / POINT_THREADS));
      },
    };
  });
  const code = [declarations(kernel), functionsOf(scalars.used), ...texts].join('\n');
  const access = kernel.buffers.map((buffer) => (buffer.access === 'read' ? 'read' : 'write'));
  return { name: kernel.name, code, passes, access };
}

function declarations({ name, buffers, integers, scalars }: LoopKernel): string {
  const words = buffers.length + integers + scalars.length + 1;
  const storages = buffers.map(({ storage }, index) => {
    if (storage !== 'f32' && storage !== 'i32') {
      throw new DeviceError(
        'webgpu',
        `kernel "${name}" has a buffer of ${storage}, which WebGPU does not store.`,
      );
    }
    return declareBinding(index, `b${index}`, storage);
  });
  return [declareArguments(words), ...storages].join('');
}
