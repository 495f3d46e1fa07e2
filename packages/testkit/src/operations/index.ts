/**
 * The catalogue: everything that is known of every operation of the public interface, family by family, and samples of
 * operations of the graph that no public function reaches.
 */
import type { Sample } from '../sample';
import { activation } from './activation';
import { attention } from './attention';
import { control } from './control';
import { convolution } from './convolution';
import { creation } from './creation';
import { cumulative } from './cumulative';
import { dtypes } from './dtypes';
import { dynamic } from './dynamic';
import type { OperationFamily } from './family';
import { foundation } from './foundation';
import { image } from './image';
import { indexing } from './indexing';
import { linear } from './linear';
import { math } from './math';
import { nodeSamples } from './nodes';
import { normalization } from './normalization';
import { numbers } from './numbers';
import { orderStatistics } from './order-statistics';
import { pooling } from './pooling';
import { random } from './random';
import { recurrent } from './recurrent';
import { segments } from './segments';
import { shape } from './shape';
import { slicing } from './slicing';
import { sorting } from './sorting';
import { statistics } from './statistics';

/** The table of operations. */
export const FAMILIES: readonly OperationFamily[] = [
  foundation,
  dtypes,
  math,
  numbers,
  activation,
  cumulative,
  control,
  normalization,
  attention,
  recurrent,
  sorting,
  indexing,
  segments,
  dynamic,
  linear,
  convolution,
  statistics,
  image,
  shape,
  orderStatistics,
  slicing,
  pooling,
  random,
  creation,
];

export const SAMPLES: readonly Sample[] = [...FAMILIES.flatMap(({ samples }) => samples), ...nodeSamples];
