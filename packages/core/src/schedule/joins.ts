/** Joined values and the parts they are put together from. Which joins are, `assemble.ts` decides. */
import type { Node } from '../graph/node';

/** A value that is computed into a slice of a joined value. */
export interface Part {
  readonly value: Node;
  /** In elements of the joined value. */
  readonly offset: number;
  /** Element strides of a library result that is permuted on its way; undefined when it is row-major. */
  readonly strides: readonly number[] | undefined;
  /** What could be computed in place of a copy, had not another join claimed it. */
  readonly instead?: Part | undefined;
}

export class Joins {
  readonly #parts = new Map<Node, readonly Part[]>();
  readonly #claimed = new Set<Node>();

  get isEmpty(): boolean {
    return this.#parts.size === 0;
  }

  add(joined: Node, parts: readonly Part[]): void {
    this.#parts.set(joined, parts);
    for (const { value } of parts) this.#claimed.add(value);
  }

  /** Leaves out joins that nothing reads after all; what only they claimed goes to the others. */
  settle(isRead: (joined: Node) => boolean): void {
    const read = [...this.#parts].filter(([joined]) => isRead(joined));
    this.#parts.clear();
    this.#claimed.clear();
    for (const [joined, parts] of read) this.add(joined, parts);
    for (const [joined, parts] of read) {
      const settled = parts.map((part) => {
        if (part.instead === undefined || this.#claimed.has(part.instead.value)) return part;
        this.#claimed.delete(part.value);
        this.#claimed.add(part.instead.value);
        return part.instead;
      });
      this.#parts.set(joined, settled);
    }
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
