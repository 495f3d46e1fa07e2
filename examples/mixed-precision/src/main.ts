/**
 * Command line: `tsx examples/mixed-precision/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main, PRECISIONS } from './mixed-precision';

/** What products are of. */
const OPERANDS = { float32: 'float32', mixedBfloat16: 'bfloat16', mixedFloat16: 'float16' };

const { options, picture } = commandLine();
const networks = Object.entries(await main(options));
await picture(() =>
  lineChart({
    title: 'Learning with products of half floats',
    x: 'epoch',
    y: 'loss of training',
    lines: networks.flatMap(([name, runs]) =>
      PRECISIONS.map((precision) => ({
        name: `${name}, ${OPERANDS[precision]}`,
        values: runs[precision].losses,
        dashed: precision !== 'float32',
      })),
    ),
  }),
);
for (const [name, runs] of networks) {
  const said = PRECISIONS.map((precision) => {
    const { accuracy } = runs[precision];
    const { [precision]: time, float32 } = runs.times;
    return `${precision} ${percent(accuracy)}, a step in ${(time / float32).toFixed(2)} of the time`;
  });
  console.log(`${name}: ${said.join('; ')}`);
}
