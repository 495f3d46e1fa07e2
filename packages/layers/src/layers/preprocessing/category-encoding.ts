/** Category numbers as vectors. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { inputList, OneOrMoreLayer, shapeList } from '../../layer/one-or-more';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { encodeCategories, encodedShape, type ModeName, readMode, requireMode } from './output-modes';

const MODES = ['oneHot', 'multiHot', 'count'] as const;

export interface CategoryEncodingOptions extends LayerOptions {
  /** Default multiHot. */
  readonly outputMode?: ModeName<(typeof MODES)[number]>;
}

/**
 * Whole numbers from 0 to numTokens - 1 as vectors of numTokens: one for each number (oneHot), or one for all numbers of
 * the last axis (multiHot, count). Numbers outside give zeros: a device cannot throw.
 *
 * Input [batch, n], of whole numbers; with `count` also [numbers, weights], where each number counts as its weight says.
 *
 * @example
 * await categoryEncoding(4).apply(tensor([[0, 1], [1, 3]], { dtype: 'int32' })).array(); // [[1, 1, 0, 0], [0, 1, 0, 1]]
 */
export class CategoryEncoding extends OneOrMoreLayer {
  static readonly className = 'CategoryEncoding';
  readonly className = CategoryEncoding.className;
  /** How many categories there are. */
  readonly numTokens: number;
  readonly outputMode: (typeof MODES)[number];

  constructor(numTokens: number, options: CategoryEncodingOptions = {}) {
    super(options);
    this.numTokens = requirePositiveInteger('CategoryEncoding', 'numTokens', numTokens);
    this.outputMode = requireMode('CategoryEncoding', options.outputMode ?? 'multiHot', MODES);
  }

  override call(inputs: Tensor | readonly Tensor[]): Tensor {
    const [indices, weights, more] = inputList(inputs);
    if (
      indices === undefined ||
      more !== undefined ||
      (weights !== undefined && this.outputMode !== 'count')
    ) {
      throw new ArgumentError(
        this.scope,
        `got ${inputList(inputs).length} inputs with outputMode '${this.outputMode}'.`,
        "Expected numbers, or with 'count' [numbers, weights].",
      );
    }
    return encodeCategories(indices.cast('int32'), this.outputMode, this.numTokens, this.dtype, weights);
  }

  override computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): LayerShape {
    const [shape = []] = shapeList(inputShape);
    return encodedShape(shape, this.outputMode, this.numTokens);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), numTokens: this.numTokens, outputMode: this.outputMode };
  }

  static fromConfig(config: JsonObject): CategoryEncoding {
    return fromEntries(
      CategoryEncoding.className,
      config,
      (reader) =>
        new CategoryEncoding(reader.integer('numTokens'), {
          ...readLayerOptions(reader),
          outputMode: readMode(reader, MODES, 'multiHot'),
        }),
    );
  }
}

/** Makes a {@link CategoryEncoding} layer. */
export const categoryEncoding = (numTokens: number, options?: CategoryEncodingOptions): CategoryEncoding =>
  new CategoryEncoding(numTokens, options);
