/** How layers of categories say which category it is: by number, one-hot, multi-hot, counted, or weighted. */
import type { ConfigReader, Tensor } from '@hadal/core';
import { ArgumentError, multiHot, oneHot } from '@hadal/core';
import type { LayerShape } from '../../layer/shape';

export const CATEGORY_MODES = ['int', 'oneHot', 'multiHot', 'count'] as const;

export const VOCABULARY_MODES = [...CATEGORY_MODES, 'tfIdf'] as const;

/**
 * `int` gives numbers; `oneHot` a vector with a 1 for each value; `multiHot` one vector for all values of the last axis,
 * with a 1 for each that occurs; `count` how often each occurs.
 */
export type CategoryMode = (typeof CATEGORY_MODES)[number];

/** The same, and `tfIdf`: counts times the weight of each token, which is less for those that are in many texts. */
export type VocabularyMode = (typeof VOCABULARY_MODES)[number];

/** Keras' spellings beside those of this package. */
const SPELLINGS: Readonly<Record<string, VocabularyMode>> = {
  one_hot: 'oneHot',
  multi_hot: 'multiHot',
  binary: 'multiHot',
  tf_idf: 'tfIdf',
  'tf-idf': 'tfIdf',
};

/** A mode as users may write it. */
export type ModeName<Mode extends VocabularyMode> =
  | Mode
  | ('oneHot' extends Mode ? 'one_hot' : never)
  | ('multiHot' extends Mode ? 'multi_hot' | 'binary' : never)
  | ('tfIdf' extends Mode ? 'tf_idf' | 'tf-idf' : never);

/** Checks a mode, which plain JavaScript may have misspelt. */
export function requireMode<Mode extends VocabularyMode>(
  where: string,
  mode: ModeName<Mode>,
  modes: readonly Mode[],
): Mode {
  const spelled: string = SPELLINGS[mode] ?? mode;
  const found = modes.find((known) => known === spelled);
  if (found !== undefined) return found;
  throw new ArgumentError(where, `outputMode '${mode}' is unknown.`, `Use one of '${modes.join("', '")}'.`);
}

/** A saved mode. */
export const readMode = <Mode extends VocabularyMode>(
  reader: ConfigReader,
  modes: readonly Mode[],
  fallback: Mode,
): Mode => reader.choice('outputMode', modes, fallback);

/** Values that each are alone in a last axis of extent 1 need no axis of their own. */
const isColumn = (shape: LayerShape): boolean => shape.length > 1 && shape.at(-1) === 1;

/**
 * Category numbers as a mode shows them; numbers outside [0, depth) give zeros.
 *
 * @param indices int32 of any shape; for multiHot, count and tfIdf the last axis is gathered
 * @param weights how much each value counts, in the shape of the indices
 */
export function encodeCategories(
  indices: Tensor,
  mode: CategoryMode,
  depth: number,
  dtype: Tensor['dtype'],
  weights?: Tensor,
): Tensor {
  if (mode === 'int') return indices;
  const values = indices.rank === 0 ? indices.expandDims(0) : indices;
  if (mode === 'multiHot') return multiHot(values, depth).cast(dtype);
  if (mode === 'oneHot')
    return oneHot(isColumn(values.shape) ? values.squeeze(-1) : values, depth, { dtype });
  const counted = oneHot(values, depth, { dtype });
  return (weights === undefined ? counted : counted.mul(weights.cast(dtype).expandDims(-1))).sum(-2);
}

/** The shape of what {@link encodeCategories} gives. */
export function encodedShape(shape: LayerShape, mode: CategoryMode, depth: number): LayerShape {
  if (mode === 'int') return shape;
  if (mode === 'oneHot') return [...(isColumn(shape) ? shape.slice(0, -1) : shape), depth];
  return [...shape.slice(0, -1), depth];
}
