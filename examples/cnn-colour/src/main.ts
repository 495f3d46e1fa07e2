/**
 * Command line: `tsx examples/cnn-colour/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`. With the variable
 * CIFAR10 it takes CIFAR-10 instead of emoji: a folder of its binary files, or `download`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './cnn-colour';

const { options, picture } = commandLine();
const { CIFAR10: place } = process.env;
const { accuracy, majority, history } = await main({
  ...options,
  ...(place === undefined ? {} : { data: 'cifar10' }),
  ...(place === undefined || place === 'download' ? {} : { folder: place }),
});
await picture(() => {
  const { accuracy: seen = [], val_accuracy: unseen = [] } = history;
  return lineChart({
    title: 'Colour images of 32 × 32 pixels',
    x: 'epoch',
    y: 'accuracy',
    lines: [
      { name: 'training images', values: seen },
      { name: 'unseen images', values: unseen },
      level('the largest class', majority, unseen.length),
    ],
  });
});
console.log(`unseen images: accuracy ${percent(accuracy)}, always the largest class ${percent(majority)}`);
