/**
 * Command line: `tsx examples/spoken-digits/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`. With the variable FSDD
 * it takes all recordings of the Free Spoken Digit Dataset, from that folder.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './spoken-digits';

const { options, picture } = commandLine();
const { FSDD: folder } = process.env;
const { convolutional, linear, rows, cutRows, examples } = await main({
  ...options,
  ...(folder === undefined ? {} : { folder }),
});
await picture(() =>
  lineChart({
    title: 'Which digit was spoken?',
    x: 'epoch',
    y: 'accuracy on unseen recordings',
    lines: [
      { name: 'convolutions', values: convolutional },
      { name: 'linear, without order', values: linear },
    ],
  }),
);
for (const { said, written } of examples) console.log(`said ${said}, written ${written}`);
console.log(
  `unseen recordings: one digit ${percent(convolutional.at(-1))}, linear ${percent(linear.at(-1))}; rows of digits ${percent(rows)} wholly right, cut in equal parts ${percent(cutRows)}`,
);
