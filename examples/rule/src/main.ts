/**
 * Command line: `tsx examples/rule/src/main.ts [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './rule';

const { options, picture } = commandLine();
const { free, ruled } = await main(options);
await picture(() => {
  const at = free.errors.map((_, i) => 50 * (i + 1));
  return lineChart({
    title: 'Forty cars and four rules',
    x: 'step',
    y: 'error on unseen cars, miles per gallon',
    lines: [
      { name: 'without rules', values: free.errors, at },
      { name: 'with rules', values: ruled.errors, at },
    ],
  });
});
for (const [name, { error, breaking }] of [
  ['without', free],
  ['with', ruled],
] as const) {
  console.log(
    `${name} rules: off by ${error.toFixed(2)} miles a gallon; breaks one for ${percent(breaking)} of unseen cars`,
  );
}
