/**
 * Command line: `tsx examples/translation/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './translation';

const { options, picture } = commandLine();
const { withAttention, without, dictionary, curves, samples } = await main(options);
await picture(() =>
  lineChart({
    title: 'From English numbers to German ones',
    x: 'epoch',
    y: 'loss for each part of an unseen number',
    lines: [
      { name: 'with attention', values: curves[0].val_loss ?? [] },
      { name: 'without', values: curves[1].val_loss ?? [] },
    ],
  }),
);
for (const { given, written } of samples) console.log(`${given} → ${written}`);
console.log(
  `unseen numbers, wholly right: with attention ${percent(withAttention)}, without ${percent(without)}, by dictionary ${percent(dictionary)}`,
);
