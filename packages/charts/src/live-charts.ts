/** Charts of a training that is going on: a callback of `fit` with one chart for the loss and one for each metric. */
import { ArgumentError } from '@hadal/core';
import { type BatchProgress, Callback, type Logs, type RunPlan } from '@hadal/layers';
import { requirePage } from './figure';
import { type LineChart, lineChart } from './line-chart';
import { ensureStyles } from './theme';

export interface LiveChartsOptions {
  /** What to draw, of the loss and the metrics (default: all that the first epoch or batch has). */
  readonly metrics?: readonly string[];
  /** Least time between two points within an epoch, because asking waits for the device (default 500). */
  readonly everyMs?: number;
  /** Height of each drawing in CSS pixels (default 200). */
  readonly height?: number;
}

const EVERY_MS = 500;
const VALIDATION = 'val_';
const WHERE = 'liveCharts';

/** `val_accuracy` belongs to the chart of `accuracy`. */
const chartOf = (figure: string): string =>
  figure.startsWith(VALIDATION) ? figure.slice(VALIDATION.length) : figure;

const titleOf = (metric: string): string =>
  metric.charAt(0).toUpperCase() +
  metric.slice(1).replace(/[A-Z_]/g, (part) => (part === '_' ? ' ' : ` ${part.toLowerCase()}`));

/** Draws losses and metrics over epochs while a model trains; a run that resumes goes on in the same charts. */
export class LiveCharts extends Callback {
  readonly element: HTMLElement;
  readonly #options: LiveChartsOptions;
  readonly #everyMs: number;
  readonly #charts = new Map<string, LineChart>();
  #epoch = 0;
  #last = 0;

  constructor(container: Element, options: LiveChartsOptions = {}) {
    super();
    requirePage(WHERE, container, options.height);
    const { everyMs = EVERY_MS } = options;
    if (!(everyMs >= 0)) throw new ArgumentError(WHERE, `everyMs is ${everyMs}; expected a time from 0.`);
    ensureStyles(container.ownerDocument);
    this.#options = options;
    this.#everyMs = everyMs;
    this.element = container.ownerDocument.createElement('div');
    this.element.className = 'hadal-charts';
    container.append(this.element);
  }

  /** The charts by what they show, such as `loss`. */
  get charts(): ReadonlyMap<string, LineChart> {
    return this.#charts;
  }

  override onTrainBegin({ initialEpoch }: RunPlan): void {
    if (initialEpoch === 0) for (const chart of this.#charts.values()) chart.clear();
    this.#last = performance.now();
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(progress: BatchProgress): Promise<void> {
    const { batch, batches } = progress;
    // Where an epoch's end is, is known after the first; its last batch is drawn with the figures of the epoch.
    if (batches === undefined || batch + 1 >= batches || performance.now() - this.#last < this.#everyMs)
      return;
    const logs = await progress.logs();
    this.#last = performance.now();
    this.#draw(this.#epoch + (batch + 1) / batches, logs);
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.#draw(epoch + 1, logs);
  }

  /** Takes the charts out of the page. */
  remove(): void {
    for (const chart of this.#charts.values()) chart.remove();
    this.element.remove();
  }

  #draw(x: number, logs: Logs): void {
    const { metrics, height } = this.#options;
    for (const [name, value] of Object.entries(logs)) {
      const metric = chartOf(name);
      if (metrics !== undefined && !metrics.includes(metric)) continue;
      let chart = this.#charts.get(metric);
      if (chart === undefined) {
        const series = [metric, VALIDATION + metric];
        chart = lineChart(this.element, { title: titleOf(metric), series, xLabel: 'epoch', height });
        this.#charts.set(metric, chart);
      }
      // A run that resumes in the middle of an epoch may begin before the last point.
      if (x >= (chart.points.x.at(-1) ?? x)) chart.append(x, { [name]: value });
    }
  }
}

/**
 * Charts for `fit`: the loss and every metric, of training and of validation, as they come.
 *
 * @param container is given the charts as its last child
 * @throws {ArgumentError} where there is no page, or an option does not fit
 * @example
 * await model.fit(train.batch(32), { epochs: 5, validationData: test.batch(256), callbacks: [liveCharts(document.body)] });
 */
export const liveCharts = (container: Element, options?: LiveChartsOptions): LiveCharts =>
  new LiveCharts(container, options);
