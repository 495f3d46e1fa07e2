/**
 * Command line: `tsx examples/augmentation/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine, percent } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { type Accuracies, main } from './augmentation';

const { options, picture } = commandLine();
const { augmented, plain } = await main(options);
await picture(() => {
  const line = (name: string, draws: readonly Accuracies[], exam: keyof Accuracies) => ({
    name,
    values: draws.map(({ [exam]: accuracy }) => accuracy),
    dashed: exam === 'careless',
  });
  return lineChart({
    title: 'Ten kinds of clothes from twenty images of each',
    x: 'draw of the images',
    y: 'accuracy on unseen images',
    lines: [
      line('augmented, neat', augmented, 'neat'),
      line('plain, neat', plain, 'neat'),
      line('augmented, careless', augmented, 'careless'),
      line('plain, careless', plain, 'careless'),
    ],
  });
});
const mean = (draws: readonly Accuracies[], exam: keyof Accuracies): string =>
  percent(draws.reduce((sum, { [exam]: accuracy }) => sum + accuracy, 0) / draws.length);
for (const exam of ['neat', 'careless'] as const) {
  console.log(
    `${exam} unseen images: with augmentation ${mean(augmented, exam)}, without ${mean(plain, exam)}`,
  );
}
