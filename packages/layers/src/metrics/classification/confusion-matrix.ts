/** The confusion matrix, and what follows from it per class. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { argMax, broadcastTo, ConfigReader, greater, matmul, oneHot, ShapeError } from '@hadal/core';
import { logitsOf } from '../../activations';
import { requirePositiveInteger } from '../../layer/rules';
import { Metric } from '../metric';
import type { MetricOptions } from '../options';
import { weightsOf } from '../weights';

/**
 * Counts how often each true class (row) was predicted as each class (column). Targets are class numbers or one-hot;
 * outputs have a column per class, or one column that is thresholded at 0.5 for two classes.
 *
 * @example
 * const confusion = new ConfusionMatrix(10);
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy', confusion] });
 * await model.evaluate(test);
 * const counts = await confusion.matrix(); // counts[3][5]: threes taken for fives
 */
export class ConfusionMatrix extends Metric {
  static readonly className = 'ConfusionMatrix';
  readonly className = ConfusionMatrix.className;
  readonly direction = undefined;
  readonly #counts: Variable;

  /** @param classes how many classes there are */
  constructor(
    readonly classes: number,
    { name = 'confusionMatrix' }: MetricOptions = {},
  ) {
    super(name);
    requirePositiveInteger('ConfusionMatrix', 'classes', classes);
    this.#counts = this.addState('counts', [classes, classes]);
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const { classes } = this;
    const columns = yPred.shape.at(-1) ?? 1;
    const binary = columns === 1 && classes === 2;
    if (!binary && columns !== classes) {
      throw new ShapeError(
        'ConfusionMatrix',
        `outputs have ${columns} columns, the matrix was made for ${classes} classes.`,
        `Make it with new ConfusionMatrix(${columns === 1 ? 2 : columns}).`,
      );
    }
    const oneHotTargets = !binary && yTrue.rank === yPred.rank && yTrue.shape.at(-1) === classes;
    const actual = oneHotTargets ? argMax(yTrue, -1) : yTrue;
    const predicted = binary ? greater(yPred, 0.5) : argMax(logitsOf(yPred, 'softmax') ?? yPred, -1);
    const rows = oneHot(actual.reshape([-1]).cast('int32'), classes);
    const weights = weightsOf(predicted, yPred, sampleWeight);
    const weighted =
      weights === undefined ? rows : rows.mul(broadcastTo(weights, predicted.shape).reshape([-1, 1]));
    const cells = oneHot(predicted.reshape([-1]).cast('int32'), classes);
    this.#counts.assign(this.#counts.value.add(matmul(weighted, cells, { transposeA: true })));
  }

  override result(): Tensor {
    return this.#counts.value;
  }

  /** The counts so far, rows being true classes. */
  async matrix(): Promise<number[][]> {
    const counts = await this.#counts.value.data();
    const { classes } = this;
    return Array.from({ length: classes }, (_, row) =>
      Array.from(counts.slice(row * classes, (row + 1) * classes)),
    );
  }

  override getConfig(): JsonObject {
    return { name: this.name, classes: this.classes };
  }

  static fromConfig(config: JsonObject): ConfusionMatrix {
    const reader = new ConfigReader(ConfusionMatrix.className, config);
    const classes = reader.integer('classes');
    const name = reader.string('name');
    reader.done();
    return new ConfusionMatrix(classes, { name });
  }
}

/** Makes a `ConfusionMatrix`. */
export const confusionMatrix = (classes: number, options?: MetricOptions): ConfusionMatrix =>
  new ConfusionMatrix(classes, options);

/** Figures of one class, or averages over classes. */
export interface ClassFigures {
  /** Of what was predicted as this class, the part that is. */
  readonly precision: number;
  /** Of this class, the part that was found. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
}

export interface ClassificationReport {
  /** Figures of each class, by its number. */
  readonly classes: readonly ClassFigures[];
  /** Means over classes, each class counting the same. */
  readonly macro: ClassFigures;
  /** Correct predictions of all. */
  readonly accuracy: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Precision, recall and F1 of every class. Classes that were never predicted or never occur have 0.
 *
 * @param matrix counts with true classes as rows, as `ConfusionMatrix.matrix` gives them
 * @example
 * classificationReport([[8, 2], [0, 10]]).classes[0]; // { precision: 1, recall: 0.8, f1: 0.888…, support: 10 }
 */
export function classificationReport(matrix: readonly (readonly number[])[]): ClassificationReport {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const classes = matrix.map((row, index): ClassFigures => {
    const hits = row[index] ?? 0;
    const support = total(row);
    const precision = ratio(hits, total(matrix.map((each) => each[index] ?? 0)));
    const recall = ratio(hits, support);
    return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
  });
  const average = (key: 'precision' | 'recall' | 'f1'): number =>
    ratio(total(classes.map((each) => each[key])), classes.length);
  const support = total(classes.map((each) => each.support));
  return {
    classes,
    macro: { precision: average('precision'), recall: average('recall'), f1: average('f1'), support },
    accuracy: ratio(total(matrix.map((row, index) => row[index] ?? 0)), support),
  };
}
