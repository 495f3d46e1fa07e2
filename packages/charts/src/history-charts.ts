/** Charts of a training that is over. */
import type { HistoryLogs } from '@hadal/layers';
import { LiveCharts, type LiveChartsOptions } from './live-charts';

/**
 * Charts of what `fit` returned: the loss and every metric over epochs.
 *
 * @param container is given the charts as its last child
 * @throws {ArgumentError} where there is no page, or an option does not fit
 * @example
 * const { history } = await model.fit(x, y, { epochs: 20 });
 * historyCharts(document.body, history);
 */
export function historyCharts(
  container: Element,
  history: HistoryLogs,
  options?: Omit<LiveChartsOptions, 'everyMs'>,
): LiveCharts {
  const charts = new LiveCharts(container, options);
  const figures = Object.entries(history);
  for (const epoch of history.loss.keys()) {
    const logs = figures.flatMap(([name, values]) => {
      const value = values[epoch];
      return value === undefined ? [] : [[name, value] as const];
    });
    charts.onEpochEnd(epoch, { loss: Number.NaN, ...Object.fromEntries(logs) });
  }
  return charts;
}
