/** A package of extensions: a layer, a loss, a metric, an optimizer and a dataset, used like those of Hadal. */
export { type AirPassengers, airPassengers, WINDOW } from './air-passengers';
export { Coverage } from './coverage';
export { Maxout, type MaxoutOptions, maxout } from './maxout';
export { Pinball } from './pinball';
export { Yogi, type YogiOptions } from './yogi';
