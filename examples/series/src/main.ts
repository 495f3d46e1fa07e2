/**
 * Command line: `tsx examples/series/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './series';

const { options, picture } = commandLine();
const { accuracy, majority, history } = await main(options);
await picture(() => {
  const { accuracy: seen = [], val_accuracy: unseen = [] } = history;
  return lineChart({
    title: 'Will tomorrow be warmer?',
    x: 'epoch',
    y: 'accuracy',
    lines: [
      { name: 'training years', values: seen },
      { name: 'unseen year', values: unseen },
      level('always the majority', majority, unseen.length),
    ],
  });
});
console.log(`unseen year: accuracy ${percent(accuracy)}, always saying the same ${percent(majority)}`);
