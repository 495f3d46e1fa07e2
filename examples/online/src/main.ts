/**
 * Command line: `tsx examples/online/src/main.ts [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './online';

const { options, picture } = commandLine();
const { following, repeating } = await main(options);
await picture(() =>
  lineChart({
    title: 'A stream that changes halfway',
    x: 'batches that went by',
    y: 'accuracy',
    lines: [
      { name: 'early, following', values: following.onEarly, at: following.at },
      { name: 'early, repeating', values: repeating.onEarly, at: repeating.at },
      { name: 'late, following', values: following.onLate, at: following.at, dashed: true },
      { name: 'late, repeating', values: repeating.onLate, at: repeating.at, dashed: true },
    ],
  }),
);
for (const [name, { early, late, forgotten }] of [
  ['following', following],
  ['repeating', repeating],
] as const) {
  console.log(
    `${name}: ${percent(early)} of the early kinds, ${percent(late)} of the late kinds, ${percent(forgotten)} forgotten`,
  );
}
