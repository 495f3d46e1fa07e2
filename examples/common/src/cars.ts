/** Cars of 1970 to 1982 and how far a gallon takes them. */
import { readFile } from 'node:fs/promises';
import { parseCsv } from '@hadal/data/csv';
import { random, standardScaler, toHostArray } from 'hadal';

/** What a row of features holds, in this order; all have mean 0 and deviation 1 over the training cars. */
export const FEATURES = [
  'cylinders',
  'displacement',
  'horsepower',
  'weight',
  'acceleration',
  'year',
  'american',
  'japanese',
] as const;

export interface Cars {
  /** A row for each car. */
  readonly x: number[][];
  /** Miles per gallon. */
  readonly mpg: number[];
}

/** A quarter of the cars is for judging. */
const TEST_PART = 0.25;

export async function cars(seed = 1): Promise<{ readonly train: Cars; readonly test: Cars }> {
  const text = await readFile(new URL('../data/cars.csv', import.meta.url), 'utf8');
  const { rows, columns } = parseCsv(text, {
    columns: {
      mpg: 'float32',
      cylinders: 'float32',
      displacement: 'float32',
      horsepower: 'float32',
      weight: 'float32',
      acceleration: 'float32',
      year: 'float32',
      origin: 'string',
    },
  });
  const { cylinders, displacement, horsepower, weight, acceleration, year, origin } = columns;
  const numeric = [cylinders, displacement, horsepower, weight, acceleration, year];
  const all = Array.from({ length: rows }, (_, row) => ({
    features: [
      ...numeric.map(({ data }) => Number(data[row])),
      origin[row] === 'USA' ? 1 : 0,
      origin[row] === 'Japan' ? 1 : 0,
    ],
    mpg: Number(columns.mpg.data[row]),
  }));
  const order = [...random(seed).permutation(rows)].flatMap((row) => all[row] ?? []);
  const testCount = Math.round(TEST_PART * rows);
  const [testCars, trainCars] = [order.slice(0, testCount), order.slice(testCount)];
  const scaler = standardScaler();
  scaler.fit(toHostArray(trainCars.map(({ features }) => features)));
  const part = (some: typeof all): Cars => {
    const { data } = scaler.transform(toHostArray(some.map(({ features }) => features)));
    const width = FEATURES.length;
    return {
      x: some.map((_, row) => Array.from(data.subarray(row * width, (row + 1) * width), Number)),
      mpg: some.map(({ mpg }) => mpg),
    };
  };
  return { train: part(trainCars), test: part(testCars) };
}
