/**
 * Joined values: a `concat` of contiguous parts is a buffer into whose slices the parts are computed, so that joining the
 * gradients of all parameters costs nothing.
 */
import type { LibraryMatch } from '../backend/library';
import { bytesPerStorage, storageOf } from '../dtype';
import { identity, permute, unpermute } from '../graph/build';
import { makeNode, type Node, type NodeOf, withInputs } from '../graph/node';
import { extentAt, range, type Shape, sizeOf, stridesOf } from '../shape/shape';
import { isElementwise } from './epilogue';
import { isMovement } from './operand-view';

/** More parts than this are assembled even if each has to be copied: choosing between many is slow in a kernel. */
const MANY_PARTS = 4;

/** A value that is computed into a slice of a joined value. */
export interface Part {
  readonly value: Node;
  /** In elements of the joined value. */
  readonly offset: number;
  /** Element strides of a library result that is permuted on its way; undefined when it is row-major. */
  readonly strides: readonly number[] | undefined;
}

export interface AssemblyLimits {
  readonly maxBindings: number;
  readonly alignment: number;
}

/** Decides which joined values are assembled. */
export class Assembly {
  readonly #parts = new Map<Node, readonly Part[]>();
  readonly #claimed = new Set<Node>();
  readonly #limits: AssemblyLimits;

  constructor(limits: AssemblyLimits) {
    this.#limits = limits;
  }

  has(node: Node): boolean {
    return this.#parts.has(node);
  }

  /** The assembled nodes with their parts. */
  entries(): IterableIterator<[Node, readonly Part[]]> {
    return this.#parts.entries();
  }

  partsOf(node: Node): readonly Part[] {
    return this.#parts.get(node) ?? [];
  }

  /** Whether a value is computed into a slice. */
  isPart(node: Node): boolean {
    return this.#claimed.has(node);
  }

  /** The node to use for a join: itself, or a copy whose parts can be computed in place. */
  assemble(node: NodeOf<'concat'>, library: ReadonlyMap<Node, LibraryMatch>): Node {
    if (!this.#isWorthwhile(node, library)) return node;
    let offset = 0;
    const parts: Part[] = [];
    const inputs = node.inputs.map((input) => {
      const own = this.#ownPart(input, offset, library);
      const part = own ?? { value: identity(input, 'contiguous'), offset, strides: undefined };
      this.#claimed.add(part.value);
      parts.push(part);
      offset += sizeOf(input.shape);
      return own === undefined ? part.value : input;
    });
    const assembled = withInputs(node, inputs);
    this.#parts.set(assembled, parts);
    return assembled;
  }

  /**
   * A join that needs more buffers than a kernel may bind, written as one whose parts are contiguous, so that it can be
   * assembled; undefined where it fits, or is contiguous already.
   */
  inFront({ inputs, shape, dtype, attributes: { axis } }: NodeOf<'concat'>): Node | undefined {
    const sources = new Set(inputs.map(sourceOf));
    if (isContiguous(shape, axis) || sources.size < this.#limits.maxBindings) return undefined;
    const order = [axis, ...range(shape.length).filter((each) => each !== axis)];
    const parts = inputs.map((part) => permute(part, order));
    return unpermute(
      makeNode(
        'concat',
        parts,
        { axis: 0 },
        order.map((each) => extentAt(shape, each)),
        dtype,
      ),
      order,
    );
  }

  #isWorthwhile(node: NodeOf<'concat'>, library: ReadonlyMap<Node, LibraryMatch>): boolean {
    if (!isContiguous(node.shape, node.attributes.axis)) return false;
    const most = Math.min(MANY_PARTS, this.#limits.maxBindings - 1);
    if (node.inputs.length > most) return true;
    return node.inputs.some((input) => {
      const { value } = unreshaped(input);
      return value.op === 'reduce' || library.has(value);
    });
  }

  /** The value behind a part, when that itself can be computed in place. */
  #ownPart(input: Node, offset: number, library: ReadonlyMap<Node, LibraryMatch>): Part | undefined {
    const { value, strides } = unreshaped(input);
    const match = library.get(value);
    const bytes = offset * bytesPerStorage(storageOf(value.dtype));
    if (this.#claimed.has(value)) return undefined;
    if (match !== undefined) {
      const isAligned = bytes % this.#limits.alignment === 0;
      const takesStrides = strides === undefined || match.stridedOutput === true;
      return isAligned && takesStrides ? { value, offset, strides } : undefined;
    }
    const isComputed = value.op === 'reduce' || isElementwise(value);
    return isComputed && strides === undefined ? { value, offset, strides } : undefined;
  }
}

/** Whether each part of a join lies in one piece. */
const isContiguous = (shape: Shape, axis: number): boolean =>
  shape.slice(0, axis).every((extent) => extent === 1);

/** The value of which a part is a view. */
function sourceOf(part: Node): Node {
  let source = part;
  while (isMovement(source)) source = source.inputs[0] ?? source;
  return source;
}

/** A part as the value it reshapes; `strides` is given when the value is permuted on its way into the part. */
function unreshaped(part: Node): { value: Node; strides: readonly number[] | undefined } {
  let value = part;
  while (value.op === 'reshape') value = value.inputs[0] ?? value;
  if (value.op !== 'permute') return { value, strides: undefined };
  const { order } = value.attributes;
  const [source] = value.inputs;
  if (source === undefined) return { value, strides: undefined };
  const target = stridesOf(value.shape);
  const strides = source.shape.map((_, axis) => target[order.indexOf(axis)] ?? 0);
  const keepsRows = strides.at(-1) === 1;
  return keepsRows ? { value: source, strides } : { value, strides: undefined };
}
