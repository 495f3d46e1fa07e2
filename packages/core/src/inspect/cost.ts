/**
 * What a step of a plan, or an operation of the interpreter, costs: floating-point operations and bytes moved.
 *
 * Counted are arithmetic and comparisons on floating-point values: one each, a fused multiply-add as two, functions such
 * as `exp` as one, and one for every element that a reduction combines. Integer arithmetic, indices, conversions,
 * choices and everything that only moves values count nothing. Bytes are those that have to move at least: every element
 * that is read or written once, however often it is used, and never more than the buffer holds.
 */
import { bytesPerStorage, isFloat, type Register, type Storage, storageOf } from '../dtype';
import { isElementwise } from '../graph/kinds';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import type { Address, Extent, Instruction, LoopKernel, ScalarOp } from '../kernel/form';
import type { LoweredKernel } from '../lower/kernel-spec';
import { type BaseBuffer, bytesOf } from '../schedule/placement';
import type { Step } from '../schedule/schedule';
import { sizeOf } from '../shape/shape';

export interface Cost {
  readonly flops: number;
  /** Read and written. */
  readonly bytes: number;
}

/** Scalar operations that change no value or only choose between values. */
const FREE_SCALAR_OPS: ReadonlySet<ScalarOp> = new Set(['select', 'convert', 'bitcast']);

const isFloatRegister = (type: Register): boolean => type !== 'i32';

/** The cost of a step of a plan whose buffers are `bases`. */
export function costOfStep(step: Step, bases: readonly BaseBuffer[]): Cost {
  switch (step.kind) {
    case 'kernel':
      return costOfKernel(step.lowered, bases);
    case 'library': {
      const { epilogue } = step.call;
      const elements = sizeOf(step.node.shape);
      const after = epilogue.body.reduce((total, each) => total + flopsOfInstruction(each), 0);
      const sides = epilogue.sideInputs.map(
        ({ kind, storage }) => bytesPerStorage(storage) * sideElements(kind, step.node.shape),
      );
      const outputs = epilogue.outputs.map(({ storage }) => bytesPerStorage(storage) * elements);
      const operands = step.node.inputs.map((input, index) =>
        Math.min(bytesOfNode(input), step.ranges[index]?.bytes ?? 0),
      );
      return {
        flops: flopsOfNode(step.node) + after * elements,
        bytes: [...operands, ...sides, ...outputs].reduce((total, bytes) => total + bytes, 0),
      };
    }
    case 'copy':
      return { flops: 0, bytes: 2 * step.from.bytes };
  }
}

function sideElements(kind: 'full' | 'column' | 'row' | 'scalar', shape: readonly number[]): number {
  const columns = shape.at(-1) ?? 1;
  switch (kind) {
    case 'full':
      return sizeOf(shape);
    case 'column':
      return columns;
    case 'row':
      return columns === 0 ? 0 : sizeOf(shape) / columns;
    case 'scalar':
      return 1;
  }
}

function costOfKernel(
  { kernel, integers, bases: numbers }: LoweredKernel,
  bases: readonly BaseBuffer[],
): Cost {
  const extentOf = (extent: Extent): number =>
    typeof extent === 'number' ? extent : (integers[extent.argument] ?? 0);
  const grid = kernel.grid.map(extentOf);
  let flops = 0;
  for (const stage of kernel.stages) {
    const points = sizeOf(grid) * sizeOf(stage.loop.map(extentOf));
    const body = stage.body.reduce((total, each) => total + flopsOfInstruction(each), 0);
    const combined = stage.accumulators.filter(({ type }) => isFloatRegister(type)).length;
    flops += points * (body + combined);
  }
  const touched = elementsTouched(kernel, grid, extentOf);
  const bytes = kernel.buffers.map(({ storage }, index) => {
    const base = bases[numbers[index] ?? -1];
    const most = base === undefined ? Number.POSITIVE_INFINITY : bytesOf(base);
    return moved(touched.read[index] ?? 0, storage, most) + moved(touched.written[index] ?? 0, storage, most);
  });
  return { flops, bytes: bytes.reduce((total, each) => total + each, 0) };
}

const moved = (elements: number, storage: Storage, most: number): number =>
  Math.min(elements * bytesPerStorage(storage), most);

/** For each buffer the elements that its loads and its stores reach, each address expression counted by itself. */
function elementsTouched(
  { buffers, stages }: LoopKernel,
  grid: readonly number[],
  extentOf: (extent: Extent) => number,
): { read: number[]; written: number[] } {
  const read = buffers.map(() => 0);
  const written = buffers.map(() => 0);
  for (const { loop, body, stores } of stages) {
    const extents = [...grid, ...loop.map(extentOf)];
    const reach = ({ terms, index }: Address): number =>
      index === undefined ? sizeOf(terms.map(({ axis }) => extents[axis] ?? 1)) : sizeOf(extents);
    for (const each of body)
      if (each.op === 'load') read[each.buffer] = (read[each.buffer] ?? 0) + reach(each.address);
    for (const { buffer, address } of stores) written[buffer] = (written[buffer] ?? 0) + reach(address);
  }
  return { read, written };
}

function flopsOfInstruction(instruction: Instruction): number {
  switch (instruction.op) {
    case 'constant':
    case 'scalar':
    case 'axis':
    case 'integer':
    case 'load':
      return 0;
    case 'fma':
      return 2;
    default:
      return isFloatRegister(instruction.from) && !FREE_SCALAR_OPS.has(instruction.op) ? 1 : 0;
  }
}

const bytesOfNode = ({ dtype, shape }: Node): number => sizeOf(shape) * bytesPerStorage(storageOf(dtype));

/** The cost of one operation on its own, as the interpreter runs it. */
export function costOfNode(node: Node): Cost {
  const isLeaf = node.inputs.length === 0;
  return {
    flops: flopsOfNode(node),
    bytes: isLeaf ? 0 : [node, ...node.inputs].reduce((total, each) => total + bytesOfNode(each), 0),
  };
}

/** Floating-point operations of one operation; those of a composite are those of what it stands for. */
function flopsOfNode(node: Node): number {
  const [first, second] = node.inputs;
  const size = sizeOf(node.shape);
  switch (node.op) {
    case 'dot': {
      const contracted = node.attributes.leftContract.map((axis) => first?.shape[axis] ?? 1);
      return isFloat(node.dtype) ? 2 * size * sizeOf(contracted) : 0;
    }
    case 'conv':
      // Each result takes one multiplication and one addition for every element of its filter.
      return isFloat(node.dtype) ? 2 * size * sizeOf(second?.shape.slice(0, -1) ?? []) : 0;
    case 'reduce':
      return isFloat(first?.dtype ?? node.dtype) ? sizeOf(first?.shape ?? []) : 0;
    case 'scatterAdd':
      return isFloat(node.dtype) ? sizeOf(node.inputs[2]?.shape ?? []) : 0;
    case 'composite': {
      const { definition, attributes } = node.attributes;
      const known = new Set(node.inputs);
      const parts = nodesOf([definition.decompose(node.inputs, attributes)], (each) =>
        known.has(each) ? [] : each.inputs,
      );
      return parts.reduce((total, part) => total + (known.has(part) ? 0 : flopsOfNode(part)), 0);
    }
    case 'control': {
      const { control } = node.attributes;
      if (control.kind !== 'loop') return 0;
      const body = nodesOf(control.body.outputs);
      return control.count * body.reduce((total, part) => total + flopsOfNode(part), 0);
    }
    case 'where':
    case 'cast':
    case 'bitcast':
      return 0;
    default:
      return isElementwise(node) && isFloat(first?.dtype ?? node.dtype) ? size : 0;
  }
}
