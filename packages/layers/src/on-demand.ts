/** What is loaded when it is first needed: prediction in batches. */
export { batchesOf, predictEach } from './model/predict-batches';
