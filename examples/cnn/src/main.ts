/**
 * Command line: `tsx examples/cnn/src/main.ts [--epochs N] [--steps N]`.
 */
import { parseArgs } from 'node:util';
import { main } from './cnn';

const { values } = parseArgs({ options: { epochs: { type: 'string' }, steps: { type: 'string' } } });
const { loss, accuracy } = await main({
  ...(values.epochs === undefined ? {} : { epochs: Number(values.epochs) }),
  ...(values.steps === undefined ? {} : { steps: Number(values.steps) }),
});
console.log(`unseen images: loss ${loss?.toFixed(4)}, accuracy ${accuracy?.toFixed(4)}`);
