/**
 * Command line: `tsx examples/custom-loop/src/main.ts [--steps N]`.
 */
import { parseArgs } from 'node:util';
import { main } from './custom-loop';

const { values } = parseArgs({ options: { steps: { type: 'string' } } });
const { loss, accuracy } = await main(
  values.steps === undefined ? {} : { steps: Number(values.steps), testImages: 500 },
);
console.log(`unseen images: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`);
