/** Texts and whole numbers as buckets of their hashes. */
import type { HostArray, JsonObject, JsonValue } from '@hadal/core';
import { DataError, describeJson } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { HostLayer } from './host-layer';
import { CATEGORY_MODES, type CategoryMode, type ModeName, readMode, requireMode } from './output-modes';
import { bucketOf, readSalt, requireSalt, type Salt, type SaltPair } from './salt';
import { flatten, isText, isWhole, type Values } from './texts';
import { encodeNumbers } from './vocabulary';

export interface HashingOptions extends LayerOptions {
  /** The value whose bucket is 0; all others then have 1 to numBins - 1. */
  readonly maskValue?: string | number;
  /** A key: with it hashes are SipHash's, so that nobody without it can choose values that meet in a bucket. */
  readonly salt?: Salt;
  /** Default int. */
  readonly outputMode?: ModeName<CategoryMode>;
}

/**
 * Texts or whole numbers as buckets from 0 to numBins - 1, without a vocabulary: those of TensorFlow and Keras, by
 * FarmHash's Fingerprint64. Different values may share a bucket.
 *
 * Values of any arrangement; int32 in the same one, or float32 vectors as `outputMode` says. Computed on the host; at the
 * front of a model texts are hashed, and numbers taken to be buckets.
 *
 * @example
 * await hashing(3).apply([['A'], ['B'], ['C']]).array(); // [[1], [0], [1]]
 */
export class Hashing extends HostLayer<Values> {
  static readonly className = 'Hashing';
  readonly className = Hashing.className;
  /** How many buckets there are. */
  readonly numBins: number;
  readonly maskValue: string | number | undefined;
  readonly salt: SaltPair | undefined;
  readonly outputMode: CategoryMode;

  constructor(numBins: number, options: HashingOptions = {}) {
    super(options);
    this.numBins = requirePositiveInteger('Hashing', 'numBins', numBins);
    this.maskValue = options.maskValue;
    this.salt = requireSalt('Hashing', options.salt);
    this.outputMode = requireMode('Hashing', options.outputMode ?? 'int', CATEGORY_MODES);
  }

  override encode(given: Values): HostArray {
    const isValue = (value: string | number): value is string | number => isText(value) || isWhole(value);
    const { shape, values } = flatten(this.scope, given, isValue, 'texts or whole numbers');
    const hasMask = this.maskValue !== undefined && this.numBins > 1;
    const bins = hasMask ? this.numBins - 1 : this.numBins;
    const numbers = Int32Array.from(values, (value) => {
      if (hasMask && value === this.maskValue) return 0;
      return bucketOf(String(value), bins, this.salt) + (hasMask ? 1 : 0);
    });
    return encodeNumbers(numbers, shape, this.outputMode, this.numBins);
  }

  override getConfig(): JsonObject {
    const { numBins, maskValue, salt, outputMode } = this;
    return { ...super.getConfig(), numBins, maskValue: maskValue ?? null, salt: salt ?? null, outputMode };
  }

  static fromConfig(config: JsonObject): Hashing {
    return fromEntries(
      Hashing.className,
      config,
      (reader) =>
        new Hashing(reader.integer('numBins'), {
          ...readLayerOptions(reader),
          maskValue: optional(reader, 'maskValue', (key) => readValue(reader.value(key))),
          salt: readSalt(reader),
          outputMode: readMode(reader, CATEGORY_MODES, 'int'),
        }),
    );
  }
}

function readValue(value: JsonValue | undefined): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new DataError('Hashing', `'maskValue' must be a text or a number, found ${describeJson(value)}.`);
}

/** Makes a {@link Hashing} layer. */
export const hashing = (numBins: number, options?: HashingOptions): Hashing => new Hashing(numBins, options);
