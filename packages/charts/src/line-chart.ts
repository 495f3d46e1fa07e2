/** Lines over steps: losses and metrics, also while they grow. */
import { ArgumentError } from '@hadal/core';
import type uPlot from 'uplot';
import { type Chart, type ChartOptions, Figure, requirePage, short } from './figure';
import { lineColor } from './theme';

export interface LineChartOptions extends ChartOptions {
  /** Names of the lines, in the order of the legend. */
  readonly series: readonly string[];
  /** What the horizontal axis counts (default `step`). */
  readonly xLabel?: string;
  /** Most points of a line; beyond, every second one is dropped (default 2000). */
  readonly mostPoints?: number;
}

/** More than a line of a wide page has pixels. */
const MOST_POINTS = 2000;
/** A line with fewer points shows them. */
const FEW_POINTS = 60;

const WHERE = 'lineChart';

/** Lines that points are added to. */
export class LineChart implements Chart {
  readonly #names: readonly string[];
  readonly #mostPoints: number;
  readonly #figure: Figure;
  #x: number[] = [];
  /** One list for each line; null where it has no point. */
  #y: (number | null)[][];

  constructor(container: Element, options: LineChartOptions) {
    const { series, xLabel = 'step', mostPoints = MOST_POINTS, height } = options;
    requirePage(WHERE, container, height);
    if (series.length === 0 || new Set(series).size < series.length)
      throw new ArgumentError(WHERE, `series is [${series.join(', ')}]; expected names that differ.`);
    if (!(Number.isInteger(mostPoints) && mostPoints >= 2))
      throw new ArgumentError(WHERE, `mostPoints is ${mostPoints}; expected an integer from 2.`);
    this.#names = series;
    this.#mostPoints = mostPoints;
    this.#y = series.map(() => []);
    this.#figure = new Figure(container, options, {
      data: this.#data(),
      series: [
        { label: xLabel, value: ({ data }, x) => figureOf(x ?? data[0].at(-1)) },
        ...series.map(lineOf),
      ],
      scales: { x: { time: false } },
      xLabel,
      describe: () => this.#describe(),
    });
  }

  get element(): HTMLElement {
    return this.#figure.element;
  }

  /** What has been added and kept, by name. */
  get points(): {
    readonly x: readonly number[];
    readonly series: Readonly<Record<string, readonly (number | null)[]>>;
  } {
    return {
      x: this.#x,
      series: Object.fromEntries(this.#names.map((name, index) => [name, this.#y[index] ?? []])),
    };
  }

  /**
   * Adds a point to some of the lines.
   *
   * @param x      where; not before the last point
   * @param values by the names of the lines; a line without one goes on, numbers that are not finite leave a gap
   * @throws {ArgumentError} when a name is none of the chart, or `x` goes back
   * @example
   * chart.append(12, { loss: 0.31 });
   */
  append(x: number, values: Readonly<Record<string, number>>): void {
    const unknown = Object.keys(values).find((name) => !this.#names.includes(name));
    if (unknown !== undefined) {
      throw new ArgumentError(
        WHERE,
        `there is no line '${unknown}'.`,
        `The chart has ${this.#names.map((name) => `'${name}'`).join(', ')}.`,
      );
    }
    const last = this.#x.at(-1);
    if (!Number.isFinite(x) || (last !== undefined && x < last))
      throw new ArgumentError(WHERE, `x is ${x} after ${last}; points are added from left to right.`);
    if (x !== last) {
      this.#x.push(x);
      for (const line of this.#y) line.push(null);
    }
    for (const [index, name] of this.#names.entries()) {
      const value = values[name];
      if (value !== undefined) this.#y[index]![this.#x.length - 1] = Number.isFinite(value) ? value : null;
    }
    if (this.#x.length > this.#mostPoints) this.#thin();
    this.#figure.setData(this.#data());
  }

  /** Forgets all points. */
  clear(): void {
    this.#x = [];
    this.#y = this.#names.map(() => []);
    this.#figure.setData(this.#data());
  }

  remove(): void {
    this.#figure.remove();
  }

  #data(): uPlot.AlignedData {
    return [this.#x, ...this.#y];
  }

  /** Drops every second point, counted from the last, so that the newest stays. */
  #thin(): void {
    const parity = (this.#x.length - 1) % 2;
    const isKept = (_: unknown, index: number): boolean => index % 2 === parity;
    this.#x = this.#x.filter(isKept);
    this.#y = this.#y.map((line) => line.filter(isKept));
  }

  #describe(): string {
    const latest = this.#names.flatMap((name, index) => {
      const value = latestOf(this.#y[index] ?? []);
      return value === undefined ? [] : [`${name} ${short(value)}`];
    });
    if (latest.length === 0) return 'nothing yet';
    return `latest ${latest.join(', ')}`;
  }
}

/** The last value of a line that is there. */
const latestOf = (line: Iterable<number | null | undefined>): number | undefined =>
  [...line].findLast((value) => typeof value === 'number');

/** A figure of the legend: under the pointer, the latest elsewhere. */
const figureOf = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : short(value);

/** Lines differ in dashes as well as in colour. */
function lineOf(label: string, index: number): uPlot.Series {
  return {
    label,
    stroke: lineColor(index),
    width: 2,
    dash: index % 2 === 1 ? [6, 4] : undefined,
    spanGaps: true,
    points: { show: ({ data }) => data[0].length <= FEW_POINTS, size: 5 },
    value: ({ data }, value, at) => figureOf(value ?? latestOf(data[at] ?? [])),
  };
}

/**
 * Puts a chart of lines into a page.
 *
 * @param container is given the chart as its last child
 * @throws {ArgumentError} where there is no page, or an option does not fit
 * @example
 * const chart = lineChart(document.body, { title: 'Loss', series: ['loss', 'val_loss'], xLabel: 'epoch' });
 * chart.append(1, { loss: 0.9, val_loss: 1.1 });
 */
export const lineChart = (container: Element, options: LineChartOptions): LineChart =>
  new LineChart(container, options);
