/**
 * Command line: `tsx examples/gan/src/main.ts [--epochs N] [--steps N] [--picture FILE.png]`.
 */
import { commandLine } from '../../common/src/command-line';
import { imageGrid } from '../../common/src/image-grid';
import { main } from './gan';

const { options, picture } = commandLine();
const { distances, real, simple, kinds, rows, shown } = await main(options);
await picture(() => imageGrid(rows, { columns: shown, scale: 1 }));
console.log(
  `distance to real clothes: untrained ${distances[0]?.toFixed(2)}, trained ${distances.at(-1)?.toFixed(2)}, pixel by pixel ${simple.toFixed(2)}, other real clothes ${real.toFixed(2)}; kinds drawn: ${kinds} of 10`,
);
