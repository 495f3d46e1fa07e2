/** Losses by name: what strings in `compile` mean, and how a saved loss is made again. */
import type { JsonObject, SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import type { SnakeCase } from '../layer/naming';
import { Circle } from './circle';
import { CosineSimilarity } from './cosine-similarity';
import { BinaryCrossentropy, CategoricalCrossentropy } from './crossentropy';
import { CTC } from './ctc';
import { KLDivergence, Poisson } from './divergence';
import {
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
} from './errors';
import { BinaryFocalCrossentropy, CategoricalFocalCrossentropy } from './focal';
import { FunctionLoss, type LossFunction } from './function';
import { CategoricalGeneralizedCrossEntropy } from './generalized-crossentropy';
import { CategoricalHinge, Hinge, SquaredHinge } from './hinge';
import { InferredCrossentropy } from './inferred-crossentropy';
import { Loss } from './loss';
import { NTXent } from './nt-xent';
import { Dice, Tversky } from './overlap';
import { Huber, LogCosh } from './robust';
import { SparseCategoricalCrossentropy } from './sparse-crossentropy';
import { TripletHard, TripletSemiHard } from './triplet';

/** A class of losses that strings can name and files can hold. */
export interface LossClass {
  /** The name that files have. */
  readonly className: string;
  new (): Loss;
  /** Makes one of what `getConfig` gave. */
  fromConfig(config: JsonObject): Loss;
}

/** The losses of this package, each under its name in camelCase. */
const LOSSES = {
  binaryCrossentropy: BinaryCrossentropy,
  binaryFocalCrossentropy: BinaryFocalCrossentropy,
  categoricalCrossentropy: CategoricalCrossentropy,
  categoricalFocalCrossentropy: CategoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy: CategoricalGeneralizedCrossEntropy,
  categoricalHinge: CategoricalHinge,
  circle: Circle,
  cosineSimilarity: CosineSimilarity,
  crossentropy: InferredCrossentropy,
  ctc: CTC,
  dice: Dice,
  hinge: Hinge,
  huber: Huber,
  klDivergence: KLDivergence,
  logCosh: LogCosh,
  meanAbsoluteError: MeanAbsoluteError,
  meanAbsolutePercentageError: MeanAbsolutePercentageError,
  meanSquaredError: MeanSquaredError,
  meanSquaredLogarithmicError: MeanSquaredLogarithmicError,
  ntXent: NTXent,
  poisson: Poisson,
  sparseCategoricalCrossentropy: SparseCategoricalCrossentropy,
  squaredHinge: SquaredHinge,
  tripletHard: TripletHard,
  tripletSemiHard: TripletSemiHard,
  tversky: Tversky,
} satisfies Readonly<Record<string, LossClass>>;

type FullName = keyof typeof LOSSES;

/** Short names, as Keras has them. */
const SHORT_NAMES = {
  bce: 'binaryCrossentropy',
  ce: 'crossentropy',
  kld: 'klDivergence',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  mse: 'meanSquaredError',
  msle: 'meanSquaredLogarithmicError',
} satisfies Readonly<Record<string, FullName>>;

/** Losses that can be named by a string, in camelCase or Keras' snake_case; each then has its defaults. */
export type LossName = FullName | SnakeCase<FullName> | keyof typeof SHORT_NAMES;

/** A loss, the name of one with its defaults, or a function of targets and outputs. */
export type LossLike = LossName | Loss | LossFunction;

const classes = (): [name: string, LossClass][] => Object.entries(LOSSES);

/** The loss that a name stands for with its defaults, if there is one. */
export function namedLoss(name: string): Loss | undefined {
  const given = canonicalName(name);
  const [, full = given] = Object.entries(SHORT_NAMES).find(([short]) => short === given) ?? [];
  const wanted = canonicalName(full);
  const [, found] = classes().find(([each]) => canonicalName(each) === wanted) ?? [];
  return found === undefined ? undefined : new found();
}

/** Names of losses, for suggestions. */
export const lossNames = (): readonly string[] => [...Object.keys(LOSSES), ...Object.keys(SHORT_NAMES)];

/**
 * The loss that a name stands for, or the one given.
 *
 * @throws {ArgumentError} when the name is unknown
 */
export function resolveLoss(loss: LossLike): Loss {
  if (loss instanceof Loss) return loss;
  if (typeof loss === 'function') return new FunctionLoss(loss);
  const found = namedLoss(loss);
  if (found !== undefined) return found;
  throw new ArgumentError('loss', `unknown loss '${loss}'.`, suggestName(loss, lossNames()));
}

/**
 * Makes a loss from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function lossFromConfig({ className, config }: SerializedObject): Loss {
  const [, found] = classes().find(([, each]) => each.className === className) ?? [];
  if (found !== undefined) return found.fromConfig(config);
  throw new DataError(
    'loss',
    `the model was compiled with the loss class '${className}', which is not known here.`,
    'List it, { losses: [YourLoss] }, or load with { compile: false } and compile again.',
  );
}
