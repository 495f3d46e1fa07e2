/**
 * Command line: `tsx examples/reinforcement/src/main.ts [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { level, lineChart } from '../../common/src/line-chart';
import { LOOK, main } from './reinforcement';

const { options, picture } = commandLine();
const { policy, q, byChance } = await main(options);
await picture(() => {
  const at = policy.map((_, i) => LOOK * (i + 1));
  return lineChart({
    title: 'Balls that are caught',
    x: 'rounds of 64 games',
    y: 'part of 500 new games',
    lines: [
      { name: 'policy gradient', values: policy, at },
      { name: 'deep Q-learning', values: q, at },
      { ...level('moves by chance', byChance, at.length), at },
    ],
  });
});
console.log(
  `caught: policy gradient ${percent(policy.at(-1))}, deep Q-learning ${percent(q.at(-1))}, by chance ${percent(byChance)}`,
);
