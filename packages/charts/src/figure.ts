/**
 * The frame of a chart: a figure with its title, which follows the width of its container, the colours of the page, and
 * tells those who do not see it what it shows.
 */
import { ArgumentError } from '@hadal/core';
import uPlot from 'uplot';
import { ensureStyles, gridColor, onSchemeChange, textColor } from './theme';

/** What every chart can be told. */
export interface ChartOptions {
  /** Above the chart, and its name for those who do not see it. */
  readonly title: string;
  /** Height of the drawing in CSS pixels (default 200); the width is that of the container. */
  readonly height?: number;
}

/** A chart in a page. */
export interface Chart {
  /** The figure or table. */
  readonly element: HTMLElement;
  /** Takes the chart out of the page and lets go of what it watched. */
  remove(): void;
}

const DEFAULT_HEIGHT = 200;
/** Before the container is laid out. */
const LEAST_WIDTH = 120;
/** Room for figures such as `0.0001` beside an axis. */
const AXIS_WIDTH = 54;
const FONT = '12px system-ui, sans-serif';

/** @throws {ArgumentError} where there is no page, or the height is none */
export function requirePage(where: string, container: Element, height: number | undefined): void {
  if (typeof document === 'undefined')
    throw new ArgumentError(
      where,
      'there is no page here.',
      'Charts are drawn in pages; plotModel draws SVG in Node.',
    );
  if (!(container instanceof Element))
    throw new ArgumentError(where, `the container is ${String(container)}; expected an element of the page.`);
  if (height !== undefined && !(height > 0))
    throw new ArgumentError(where, `height is ${height}; expected a positive number of CSS pixels.`);
}

/** What a drawing adds to the frame. */
export interface Drawing {
  readonly data: uPlot.AlignedData;
  readonly series: uPlot.Series[];
  readonly scales: uPlot.Scales;
  readonly xLabel: string;
  /** What the chart shows now, in a sentence. */
  describe(): string;
}

/** A figure with a drawing in it. */
export class Figure implements Chart {
  readonly element: HTMLElement;
  readonly #plot: uPlot;
  readonly #drawing: Drawing;
  readonly #stops: readonly (() => void)[];

  constructor(container: Element, { title, height = DEFAULT_HEIGHT }: ChartOptions, drawing: Drawing) {
    ensureStyles(container.ownerDocument);
    this.#drawing = drawing;
    const figure = container.ownerDocument.createElement('figure');
    figure.className = 'hadal-chart';
    const caption = container.ownerDocument.createElement('figcaption');
    caption.textContent = title;
    figure.append(caption);
    container.append(figure);
    const axis = (more: uPlot.Axis): uPlot.Axis => ({
      stroke: () => textColor(figure),
      grid: { stroke: () => gridColor(figure), width: 1 },
      ticks: { stroke: () => gridColor(figure), width: 1 },
      font: FONT,
      ...more,
    });
    const plot = new uPlot(
      {
        width: Math.max(figure.clientWidth, LEAST_WIDTH),
        height,
        series: drawing.series,
        scales: drawing.scales,
        axes: [
          axis({ label: drawing.xLabel, labelFont: FONT, labelSize: 18, size: 32 }),
          axis({ size: AXIS_WIDTH }),
        ],
        cursor: { drag: { x: false, y: false } },
      },
      drawing.data,
      figure,
    );
    const image = plot.root.querySelector('.u-wrap');
    image?.setAttribute('role', 'img');
    const resize = new ResizeObserver(() => {
      const width = Math.max(figure.clientWidth, LEAST_WIDTH);
      if (width !== plot.width) plot.setSize({ width, height });
    });
    resize.observe(figure);
    const stopWatching = onSchemeChange(() => plot.redraw());
    this.#stops = [() => resize.disconnect(), stopWatching, () => plot.destroy(), () => figure.remove()];
    this.element = figure;
    this.#plot = plot;
    this.#describe(title);
  }

  /** Draws other data. */
  setData(data: uPlot.AlignedData): void {
    this.#plot.setData(data);
    this.#describe(this.element.querySelector('figcaption')?.textContent ?? '');
  }

  remove(): void {
    for (const stop of this.#stops) stop();
  }

  #describe(title: string): void {
    this.#plot.root
      .querySelector('.u-wrap')
      ?.setAttribute('aria-label', `${title}: ${this.#drawing.describe()}`);
  }
}

/** A figure with few digits, as labels show it. */
export const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString();
