/**
 * Batching: groups of consecutive elements, stacked.
 */
import {
  type Cursor,
  END,
  element,
  type IndexedSource,
  indexedSource,
  isIndexed,
  type Source,
} from '../source';
import { childState } from '../state';

/** Stacks the elements of one batch; `gather` marks the stacking that columns can do themselves. */
export interface Collation<T, B> {
  readonly stack: (elements: readonly T[]) => B;
  /** Takes over what a source gathered, when it stacks in the same way as `stack`. */
  readonly adopt?: (gathered: unknown) => B;
}

/** How a batch is formed. */
export interface BatchPlan<T, B> {
  readonly batchSize: number;
  readonly dropRemainder: boolean;
  readonly collation: Collation<T, B>;
}

const describe = (source: Source<unknown>, { batchSize, dropRemainder }: BatchPlan<never, unknown>): string =>
  `${source.description} → batch(${batchSize}${dropRemainder ? ', drop remainder' : ''})`;

const countBatches = (size: number | undefined, { batchSize, dropRemainder }: BatchPlan<never, unknown>) =>
  size === undefined ? undefined : dropRemainder ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);

function batchIndexed<T, B>(
  source: IndexedSource<T>,
  batches: number,
  plan: BatchPlan<T, B>,
): IndexedSource<B> {
  const { batchSize, collation } = plan;
  return indexedSource(describe(source, plan), batches, (epoch) => {
    const inner = source.pass(epoch);
    return {
      async at(batch) {
        const start = batch * batchSize;
        const length = Math.min(batchSize, source.size - start);
        if (inner.gather !== undefined && collation.adopt !== undefined) {
          const positions = Uint32Array.from({ length }, (_, index) => start + index);
          return collation.adopt(await inner.gather(positions));
        }
        const elements = await Promise.all(Array.from({ length }, (_, index) => inner.at(start + index)));
        return collation.stack(elements);
      },
    };
  });
}

class BatchCursor<T, B> implements Cursor<B> {
  constructor(
    private readonly source: Cursor<T>,
    private readonly plan: BatchPlan<T, B>,
  ) {}

  async next(): Promise<IteratorResult<B, undefined>> {
    const { batchSize, dropRemainder, collation } = this.plan;
    const elements: T[] = [];
    while (elements.length < batchSize) {
      const result = await this.source.next();
      if (result.done === true) break;
      elements.push(result.value);
    }
    if (elements.length === 0 || (dropRemainder && elements.length < batchSize)) return END;
    return element(collation.stack(elements));
  }

  state() {
    return { source: this.source.state() };
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** Groups of `batchSize` consecutive elements, stacked. Random access stays: an element is now a batch. */
export function batchSource<T, B>(source: Source<T>, plan: BatchPlan<T, B>): Source<B> {
  const batches = countBatches(source.size, plan);
  if (isIndexed(source) && batches !== undefined) return batchIndexed(source, batches, plan);
  return {
    description: describe(source, plan),
    size: batches,
    open: (epoch, state) => new BatchCursor(source.open(epoch, childState(state, 'source')), plan),
  };
}
