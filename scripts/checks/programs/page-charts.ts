/** Runs in a page: charts show what they are given, to those who see them and to those who do not. */
import { confusionMatrixChart, histogram, historyCharts, lineChart, liveCharts } from '@hadal/charts';
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { dense, sequential } from '@hadal/layers';
import { expectEqual, expectError, lookAt } from './page-facts';

setDevice(interpreter());

const place = (): HTMLElement => {
  const element = document.createElement('section');
  element.style.width = '480px';
  document.body.append(element);
  return element;
};

const nameOf = (element: HTMLElement): string | null | undefined =>
  element.querySelector('[role=img]')?.getAttribute('aria-label');

/** How many pixels of a chart's canvas are near a colour. */
function pixelsLike(element: HTMLElement, [red, green, blue]: readonly [number, number, number]): number {
  const canvas = element.querySelector('canvas')!;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const distance =
      Math.abs(data[at]! - red) + Math.abs(data[at + 1]! - green) + Math.abs(data[at + 2]! - blue);
    if (data[at + 3]! > 200 && distance < 30) count++;
  }
  return count;
}

/** Charts draw with the next frame. */
const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const BLUE = [47, 127, 214] as const;
const ORANGE = [217, 115, 13] as const;

await lookAt({
  'lines are drawn in their colours, named, and follow what is appended': async () => {
    const chart = lineChart(place(), { title: 'Loss', series: ['loss', 'val_loss'], mostPoints: 8 });
    expectEqual(nameOf(chart.element), 'Loss: nothing yet');
    chart.append(0, { loss: 1 });
    for (let step = 1; step <= 8; step++)
      chart.append(step, { loss: 1 / (1 + step), val_loss: 1.5 / (1 + step) });
    expectEqual(nameOf(chart.element), 'Loss: latest loss 0.1111, val_loss 0.1667');
    expectEqual([chart.points.x, chart.points.series.val_loss?.[0]], [[0, 2, 4, 6, 8], null]);
    await frame();
    for (const colour of [BLUE, ORANGE])
      if (pixelsLike(chart.element, colour) < 100)
        throw new Error(`no line of the colour ${colour} is drawn`);
    expectEqual(
      [...chart.element.querySelectorAll('.u-legend .u-label')].map(({ textContent }) => textContent),
      ['step', 'loss', 'val_loss'],
    );
    await expectError(() => chart.append(9, { los: 1 }), /there is no line 'los'[\s\S]*'loss', 'val_loss'/);
    await expectError(() => chart.append(3, { loss: 1 }), /x is 3 after 8/);
    chart.clear();
    expectEqual(nameOf(chart.element), 'Loss: nothing yet');
  },

  'a chart follows the width of its container, and leaves nothing behind': async () => {
    const container = place();
    const chart = lineChart(container, { title: 'Loss', series: ['loss'] });
    chart.append(0, { loss: 1 });
    container.style.width = '300px';
    await frame();
    await frame();
    expectEqual(chart.element.querySelector('.u-wrap')?.clientWidth, 300);
    chart.remove();
    expectEqual(container.childElementCount, 0);
  },

  'a training draws its loss and metrics while it goes on, and its history afterwards': async () => {
    setSeed(2);
    const x = Array.from({ length: 40 }, (_, index) => [Math.sin(index), Math.cos(index)]);
    const y = x.map(([a, b]) => Number(a! > b!));
    const model = sequential([dense(2, { activation: 'softmax', inputShape: [2] })]);
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const live = liveCharts(place(), { everyMs: 0 });
    const fitting = { batchSize: 8, epochs: 3, validationSplit: 0.2, verbose: 0, callbacks: [live] } as const;
    const { history } = await model.fit(x, y, fitting);
    expectEqual([...live.charts.keys()], ['loss', 'accuracy']);
    const { x: steps, series } = live.charts.get('loss')!.points;
    expectEqual(steps, [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3]);
    expectEqual(
      [series.loss?.at(-1), series.val_loss?.filter((each) => each !== null)],
      [history.loss[2], history.val_loss],
    );
    const after = historyCharts(place(), history, { metrics: ['accuracy'] });
    expectEqual(after.charts.get('accuracy')?.points.series.val_accuracy, history.val_accuracy);
    expectEqual([after.charts.size, after.element.querySelector('figcaption')?.textContent], [1, 'Accuracy']);
  },

  'a histogram has bars, and says what they are': async () => {
    const values = Float32Array.from(
      { length: 500 },
      (_, index) => Math.sin(index * 12.9898) + Math.sin(index * 78.233),
    );
    const chart = histogram(place(), values, { title: 'Weights', bins: 20 });
    await frame();
    if (pixelsLike(chart.element, BLUE) < 1000) throw new Error('no bars are drawn');
    expectEqual(
      /^Weights: 500 values from -1\.9\d+ to 1\.9\d+, most of them from /.test(nameOf(chart.element) ?? ''),
      true,
    );
    chart.update([1, 2, Number.NaN]);
    expectEqual(nameOf(chart.element)?.split(', ').slice(-1), ['1 not finite']);
  },

  'a confusion matrix is a table with headings': async () => {
    const counts = { data: Int32Array.of(8, 2, 1, 9), shape: [2, 2], dtype: 'int32' } as const;
    const chart = confusionMatrixChart(place(), counts, { title: 'Test', classNames: ['cat', 'dog'] });
    const table = chart.element.querySelector('table')!;
    expectEqual(
      [...table.rows].map((row) => [...row.cells].map(({ textContent }) => textContent)),
      [
        ['is ↓ taken for →', 'cat', 'dog'],
        ['cat', '8', '2'],
        ['dog', '1', '9'],
      ],
    );
    expectEqual(
      [table.caption?.textContent, table.rows[1]?.cells[2]?.title],
      ['Test', 'cat taken for dog: 2 of 10, 20 %'],
    );
    expectEqual(
      [...table.querySelectorAll('th[scope]')].map((each) => each.getAttribute('scope')),
      ['col', 'col', 'row', 'row'],
    );
    await expectError(() => chart.update([[1, 2]]), /ShapeError .*1 rows have 2 counts; expected a square/);
    await expectError(() => chart.update([[1]]), /2 class names were given for 1 classes/);
  },
});
