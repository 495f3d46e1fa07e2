/**
 * Command line: `tsx examples/tabular/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './tabular';

const { options, picture } = commandLine();
const { network, linear, always, history } = await main(options);
await picture(() => {
  const { loss: seen, val_loss: unseen = [] } = history;
  // The first epochs begin at the mean of all cars and would hide the rest.
  const from = 5;
  const at = Array.from({ length: seen.length - from }, (_, i) => from + i + 1);
  return lineChart({
    title: 'How far a gallon takes a car',
    x: 'epoch',
    y: 'mean absolute error, miles per gallon',
    lines: [
      { name: 'training cars', values: seen.slice(from), at },
      { name: 'unseen cars', values: unseen.slice(from), at },
      { ...level('linear model', linear, at.length), at },
    ],
  });
});
console.log(
  `unseen cars: off by ${network.toFixed(2)} miles a gallon, a linear model by ${linear.toFixed(2)}, the mean by ${always.toFixed(2)}`,
);
