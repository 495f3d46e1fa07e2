/** Joined values and the parts they are put together from. Which joins are, `assemble.ts` decides. */
import type { Node } from '../graph/node';

/** A value that is computed into a slice of a joined value. */
export interface Part {
  readonly value: Node;
  /** In elements of the joined value. */
  readonly offset: number;
  /** Element strides of a library result that is permuted on its way; undefined when it is row-major. */
  readonly strides: readonly number[] | undefined;
}

export class Joins {
  readonly #parts = new Map<Node, readonly Part[]>();
  readonly #claimed = new Set<Node>();

  add(joined: Node, parts: readonly Part[]): void {
    this.#parts.set(joined, parts);
    for (const { value } of parts) this.#claimed.add(value);
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
}
