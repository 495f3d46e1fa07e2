/**
 * Command line: `tsx examples/self-supervised/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './self-supervised';

const { options, picture } = commandLine();
const { pretrained, untrained, pixels, losses } = await main(options);
await picture(() =>
  lineChart({
    title: 'Finding the other view among 255 pictures',
    x: 'epoch',
    y: 'loss',
    lines: [{ name: 'without labels', values: losses }],
  }),
);
console.log(
  `linear layer with 50 labels: over the encoder ${percent(pretrained)}, over one that was not trained ${percent(untrained)}, over pixels ${percent(pixels)}`,
);
