/**
 * Shuffling, reproducible from (seed, epoch) alone.
 *
 * With random access it is a permutation of all positions. Without, a window of elements is kept and each next element
 * is drawn from it; since the window's content cannot be saved, resuming draws again from the start of the pass.
 */
import { type Random, random } from '../../random/random';
import { type Cursor, END, element, type IndexedSource, indexedSource, type Source } from '../source';
import { positionOf } from '../state';

/** What the order of a pass is derived from. */
export interface ShuffleOrder {
  readonly seed: number;
  /** Whether every epoch has an order of its own. */
  readonly reshuffle: boolean;
}

const describe = (source: Source<unknown>, { seed, reshuffle }: ShuffleOrder, window: string): string =>
  `${source.description} → shuffle(seed ${seed}${reshuffle ? '' : ', one order'}${window})`;

const streamOf = ({ seed, reshuffle }: ShuffleOrder, epoch: number): Random =>
  random(seed, reshuffle ? epoch : 0);

/** All positions in random order. */
export function permuteSource<T>(source: IndexedSource<T>, order: ShuffleOrder): IndexedSource<T> {
  return indexedSource(describe(source, order, ''), source.size, (epoch) => {
    const positions = streamOf(order, epoch).permutation(source.size);
    const inner = source.pass(epoch);
    const { gather } = inner;
    return {
      at: (position) => inner.at(positions[position]!),
      gather: gather && ((wanted) => gather(wanted.map((position) => positions[position]!))),
    };
  });
}

/** Random draws from a window of `windowSize` elements that moves over the source. */
export function windowShuffleSource<T>(
  source: Source<T>,
  windowSize: number,
  order: ShuffleOrder,
): Source<T> {
  return {
    description: describe(source, order, `, buffer ${windowSize}`),
    size: source.size,
    open(epoch, state) {
      const drawn = state === undefined ? 0 : positionOf(state, 'drawn');
      return new WindowCursor(source.open(epoch, undefined), windowSize, streamOf(order, epoch), drawn);
    },
  };
}

class WindowCursor<T> implements Cursor<T> {
  readonly #window: T[] = [];
  #drained = false;
  #drawn = 0;

  constructor(
    private readonly source: Cursor<T>,
    private readonly windowSize: number,
    private readonly stream: Random,
    private readonly resumeAt: number,
  ) {}

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#drawn < this.resumeAt) {
      if ((await this.#draw()).done === true) return END;
    }
    return this.#draw();
  }

  state() {
    return { drawn: Math.max(this.#drawn, this.resumeAt) };
  }

  close(): Promise<void> {
    return this.source.close();
  }

  async #draw(): Promise<IteratorResult<T, undefined>> {
    while (!this.#drained && this.#window.length < this.windowSize) {
      const result = await this.source.next();
      if (result.done === true) this.#drained = true;
      else this.#window.push(result.value);
    }
    if (this.#window.length === 0) return END;
    const chosen = this.stream.below(this.#window.length);
    const value = this.#window[chosen]!;
    // The last one takes the chosen one's place: the window stays dense without moving the others.
    this.#window[chosen] = this.#window[this.#window.length - 1]!;
    this.#window.pop();
    this.#drawn++;
    return element(value);
  }
}
