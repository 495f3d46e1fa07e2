/**
 * `@hadal/charts`: what a training does, drawn in a page.
 */
export {
  ConfusionMatrixChart,
  type ConfusionMatrixOptions,
  confusionMatrixChart,
  type MatrixCounts,
} from './confusion-matrix';
export type { Chart, ChartOptions } from './figure';
export {
  type Bins,
  binsOf,
  type ChartValues,
  Histogram,
  type HistogramOptions,
  histogram,
} from './histogram';
export { historyCharts } from './history-charts';
export { LineChart, type LineChartOptions, lineChart } from './line-chart';
export { LiveCharts, type LiveChartsOptions, liveCharts } from './live-charts';
