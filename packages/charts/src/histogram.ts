/** How values are distributed: weights, activations, predicted probabilities. */
import { ArgumentError, type HostArray } from '@hadal/core';
import uPlot from 'uplot';
import { type Chart, type ChartOptions, Figure, requirePage, short } from './figure';
import { lineColor } from './theme';

/** Numbers of any kind; those that are not finite are counted apart. */
export type ChartValues = HostArray | ArrayLike<number>;

export interface HistogramOptions extends ChartOptions {
  /** Number of bars (default 30). */
  readonly bins?: number;
  /** The values of the first and the last edge (default: the least and the largest value). */
  readonly range?: readonly [least: number, most: number];
  /** What the values are (default `value`). */
  readonly xLabel?: string;
}

/** Bars of equal width. */
export interface Bins {
  /** One more than there are bars. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Finite values outside the range, and those that are not finite. */
  readonly outside: number;
  readonly notFinite: number;
}

const DEFAULT_BINS = 30;
const WHERE = 'histogram';

const valuesOf = (values: ChartValues): ArrayLike<number> => ('data' in values ? values.data : values);

/**
 * Counts values in bars of equal width.
 *
 * @throws {ArgumentError} when `bins` is no positive integer, or the range is empty
 * @example
 * binsOf([0, 1, 1, 4], { bins: 2 }).counts; // [3, 1]
 */
export function binsOf(values: ChartValues, options: Pick<HistogramOptions, 'bins' | 'range'> = {}): Bins {
  const { bins = DEFAULT_BINS, range } = options;
  if (!(Number.isInteger(bins) && bins > 0))
    throw new ArgumentError(WHERE, `bins is ${bins}; expected a positive integer.`);
  if (range !== undefined && !(range[0] < range[1]))
    throw new ArgumentError(WHERE, `the range [${range.join(', ')}] is empty; expected [least, most].`);
  const numbers = valuesOf(values);
  let [least, most] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let notFinite = 0;
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index]!;
    if (!Number.isFinite(value)) notFinite++;
    else if (range === undefined) [least, most] = [Math.min(least, value), Math.max(most, value)];
  }
  // One value alone is in the middle of a bar; without any there is an empty range.
  if (most < least) [least, most] = [0, 1];
  if (most === least) [least, most] = [least - 0.5, most + 0.5];
  const counts = new Array<number>(bins).fill(0);
  let outside = 0;
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index]!;
    if (!Number.isFinite(value)) continue;
    const bin = value === most ? bins - 1 : Math.floor(((value - least) / (most - least)) * bins);
    if (bin < 0 || bin >= bins) outside++;
    else counts[bin]!++;
  }
  const edges = Array.from({ length: bins + 1 }, (_, index) => least + ((most - least) * index) / bins);
  return { edges, counts, outside, notFinite };
}

/** The middles of bars, and their heights. */
const bars = ({ edges, counts }: Bins): uPlot.AlignedData => [
  counts.map((_, index) => (edges[index]! + edges[index + 1]!) / 2),
  [...counts],
];

/** Bars, whose values can be replaced. */
export class Histogram implements Chart {
  readonly #figure: Figure;
  readonly #options: HistogramOptions;
  #bins: Bins;

  constructor(container: Element, values: ChartValues, options: HistogramOptions) {
    requirePage(WHERE, container, options.height);
    this.#options = options;
    this.#bins = binsOf(values, options);
    const { xLabel = 'value' } = options;
    this.#figure = new Figure(container, options, {
      data: bars(this.#bins),
      series: [
        { label: xLabel, value: (_, x) => (x === null ? '–' : short(x)) },
        {
          label: 'count',
          stroke: lineColor(0),
          fill: lineColor(0),
          paths: uPlot.paths.bars?.({ size: [0.9] }),
          points: { show: false },
        },
      ],
      scales: {
        x: { time: false, range: () => [this.#bins.edges[0]!, this.#bins.edges.at(-1)!] },
        y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] },
      },
      xLabel,
      describe: () => this.#describe(),
    });
  }

  get element(): HTMLElement {
    return this.#figure.element;
  }

  /** What is drawn. */
  get bins(): Bins {
    return this.#bins;
  }

  /** Draws other values. */
  update(values: ChartValues): void {
    this.#bins = binsOf(values, this.#options);
    this.#figure.setData(bars(this.#bins));
  }

  remove(): void {
    this.#figure.remove();
  }

  #describe(): string {
    const { edges, counts, outside, notFinite } = this.#bins;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const parts = [`${total} values from ${short(edges[0]!)} to ${short(edges.at(-1)!)}`];
    const tallest = counts.indexOf(Math.max(...counts));
    if (total > 0) parts.push(`most of them from ${short(edges[tallest]!)} to ${short(edges[tallest + 1]!)}`);
    if (outside > 0) parts.push(`${outside} outside`);
    if (notFinite > 0) parts.push(`${notFinite} not finite`);
    return parts.join(', ');
  }
}

/**
 * Puts a histogram into a page.
 *
 * @param container is given the chart as its last child
 * @param values    of any shape
 * @throws {ArgumentError} where there is no page, or an option does not fit
 * @example
 * const [kernel] = await model.getWeights();
 * histogram(document.body, kernel!, { title: 'Weights of the first layer' });
 */
export const histogram = (container: Element, values: ChartValues, options: HistogramOptions): Histogram =>
  new Histogram(container, values, options);
