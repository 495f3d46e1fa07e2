/**
 * Placement: which value lives in which buffer of the plan.
 *
 * Leaves come first, then outputs; a result that replaces a variable goes straight into the variable's buffer where
 * that is safe. The parts of a joined value are computed where they belong in it, so that joining the gradients of all
 * parameters costs nothing.
 */
import { bytesPerStorage, type DType, type Storage } from '../dtype';
import type { Node } from '../graph/node';
import type { Location } from '../lower/kernel-spec';
import { type Shape, sizeOf } from '../shape/shape';

/** A buffer of the plan: a leaf, an output, or temporary memory. */
export interface BaseBuffer {
  readonly kind: 'leaf' | 'output' | 'temporary';
  /** Number of the leaf or of the output. */
  readonly index: number;
  readonly storage: Storage;
  readonly shape: Shape;
  readonly length: number;
}

export const bytesOf = ({ storage, length }: BaseBuffer): number => length * bytesPerStorage(storage);

/** Joined values that are put together from parts, and what remains of their parts to be computed. */
export class Placement {
  readonly bases: BaseBuffer[] = [];
  readonly #locations = new Map<Node, Location>();
  readonly #storageOf: (dtype: DType) => Storage;

  constructor(storageOf: (dtype: DType) => Storage) {
    this.#storageOf = storageOf;
  }

  addBase(kind: BaseBuffer['kind'], index: number, dtype: DType, shape: Shape): Location {
    const storage = this.#storageOf(dtype);
    return {
      base: this.bases.push({ kind, index, storage, shape, length: sizeOf(shape) }) - 1,
      offset: 0,
      storage,
    };
  }

  place(node: Node, location: Location): void {
    this.#locations.set(node, location);
  }

  locate(node: Node): Location | undefined {
    return this.#locations.get(node);
  }

  /** Gives a value temporary memory unless it has a place. */
  placeTemporary(node: Node): void {
    if (this.#locations.has(node)) return;
    this.place(node, this.addBase('temporary', 0, node.dtype, node.shape));
  }

  baseOf({ base }: Location): BaseBuffer {
    const found = this.bases[base];
    if (found === undefined) throw new Error(`no buffer ${base}`);
    return found;
  }
}
