/** Several features as buckets of the hashes of their combinations. */
import type { HostArray, JsonObject } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { concatFingerprints, fingerprint64 } from './fingerprint';
import { HostLayer } from './host-layer';
import { type ModeName, readMode, requireMode } from './output-modes';
import { flatten, isText, isWhole, type Values } from './texts';
import { encodeNumbers } from './vocabulary';

const MODES = ['int', 'oneHot'] as const;

export interface HashedCrossingOptions extends LayerOptions {
  /** Default int. */
  readonly outputMode?: ModeName<(typeof MODES)[number]>;
}

/** Where TensorFlow begins the fingerprint of a combination. */
const HASH_KEY = 0xdecafcaffen;

/**
 * Combinations of features as buckets from 0 to numBins - 1, those of TensorFlow and Keras.
 *
 * A list of features, each [batch] or [batch, 1] of texts or whole numbers; int32 of that shape, or float32 vectors
 * [batch, numBins]. Computed on the host.
 *
 * @example
 * await hashedCrossing(5).apply([['A', 'B', 'A'], [101, 101, 101]]).array(); // [1, 4, 1]
 */
export class HashedCrossing extends HostLayer<Values> {
  static readonly className = 'HashedCrossing';
  readonly className = HashedCrossing.className;
  /** How many buckets there are. */
  readonly numBins: number;
  readonly outputMode: (typeof MODES)[number];

  constructor(numBins: number, options: HashedCrossingOptions = {}) {
    super(options);
    this.numBins = requirePositiveInteger('HashedCrossing', 'numBins', numBins);
    this.outputMode = requireMode('HashedCrossing', options.outputMode ?? 'int', MODES);
  }

  override encode(features: Values): HostArray {
    const isValue = (value: string | number): value is string | number => isText(value) || isWhole(value);
    if (typeof features !== 'object' || features.length < 2) {
      throw new ArgumentError(this.scope, 'got less than two features.', 'Give a list: [countries, ages].');
    }
    const columns = features.map((feature) =>
      flatten(this.scope, feature, isValue, 'texts or whole numbers'),
    );
    const shape = columns[0]?.shape ?? [];
    const isColumn = shape.length < 2 || (shape.length === 2 && shape[1] === 1);
    if (!isColumn || columns.some((column) => column.shape.join() !== shape.join())) {
      throw new ArgumentError(
        this.scope,
        `features have shapes ${columns.map((column) => `[${column.shape}]`).join(', ')}.`,
        'Expected the same for all: [batch] or [batch, 1].',
      );
    }
    const count = columns[0]?.values.length ?? 0;
    const numbers = Int32Array.from({ length: count }, (_, row) =>
      this.#bucket(columns.map(({ values }) => values[row] ?? 0)),
    );
    return encodeNumbers(numbers, shape, this.outputMode, this.numBins);
  }

  #bucket(values: readonly (string | number)[]): number {
    const prints = values.map((value) =>
      typeof value === 'string' ? fingerprint64(value) : BigInt.asUintN(64, BigInt(value)),
    );
    return Number(prints.reduce(concatFingerprints, HASH_KEY) % BigInt(this.numBins));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), numBins: this.numBins, outputMode: this.outputMode };
  }

  static fromConfig(config: JsonObject): HashedCrossing {
    return fromEntries(
      HashedCrossing.className,
      config,
      (reader) =>
        new HashedCrossing(reader.integer('numBins'), {
          ...readLayerOptions(reader),
          outputMode: readMode(reader, MODES, 'int'),
        }),
    );
  }
}

/** Makes a {@link HashedCrossing} layer. */
export const hashedCrossing = (numBins: number, options?: HashedCrossingOptions): HashedCrossing =>
  new HashedCrossing(numBins, options);
