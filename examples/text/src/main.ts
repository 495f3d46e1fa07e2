/**
 * Command line: `tsx examples/text/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './text';

const { options, picture } = commandLine();
const { accuracy, majority, mails, history } = await main(options);
await picture(() => {
  const { accuracy: seen = [], val_accuracy: unseen = [] } = history;
  return lineChart({
    title: 'Spam or not',
    x: 'epoch',
    y: 'accuracy',
    lines: [
      { name: 'training mails', values: seen },
      { name: 'unseen mails', values: unseen },
      level('always the majority', majority, unseen.length),
    ],
  });
});
console.log(
  `${mails} different mails; unseen ones: accuracy ${percent(accuracy)}, always saying the same ${percent(majority)}`,
);
