/**
 * Command line: `tsx examples/transfer/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './transfer';

const { options, picture } = commandLine();
const { transferred, fromScratch } = await main(options);
await picture(() =>
  lineChart({
    title: 'Shoes and bags from five images of each kind',
    x: 'draw of the images',
    y: 'accuracy on 800 unseen images',
    lines: [
      { name: 'trained on clothes', values: transferred },
      { name: 'from scratch', values: fromScratch },
    ],
  }),
);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
console.log(
  `unseen shoes and bags: transferred ${percent(mean(transferred))}, from scratch ${percent(mean(fromScratch))}`,
);
