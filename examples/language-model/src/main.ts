/**
 * Command line: `tsx examples/language-model/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { main } from './language-model';

const { options, picture } = commandLine();
const { bits, counted, text, history } = await main(options);
await picture(() => {
  const { loss, val_loss: unseen = [] } = history;
  const inBits = (values: readonly number[]) => values.map((value) => value / Math.LN2);
  return lineChart({
    title: 'What comes next in Moby Dick',
    x: 'epoch',
    y: 'bits for each character',
    lines: [
      { name: 'training chapters', values: inBits(loss) },
      { name: 'unseen chapters', values: inBits(unseen) },
      level('counting, 2 before', counted[2] ?? 0, loss.length),
      level('counting, 3 before', counted[3] ?? 0, loss.length),
      level('counting, 4 before', counted[4] ?? 0, loss.length),
    ],
  });
});
console.log(text);
console.log(
  `unseen chapters: ${bits.toFixed(2)} bits for each character; counting with 0 to 4 before: ${counted.map((each) => each.toFixed(2)).join(', ')}`,
);
