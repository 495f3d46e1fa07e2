/**
 * Command line: `tsx examples/transformer/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './transformer';

const { options, picture } = commandLine();
const { accuracy, majority, history } = await main(options);
await picture(() => {
  const { accuracy: seen = [], val_accuracy: unseen = [] } = history;
  return lineChart({
    title: 'Spam or not, by a Transformer',
    x: 'epoch',
    y: 'accuracy',
    lines: [
      { name: 'training mails', values: seen },
      { name: 'unseen mails', values: unseen },
      level('always the majority', majority, unseen.length),
    ],
  });
});
console.log(`unseen mails: accuracy ${percent(accuracy)}, always saying the same ${percent(majority)}`);
