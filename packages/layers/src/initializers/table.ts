/** Initializers by name: what strings in layer options mean, and how a saved initializer is made again. */
import type { ConfigReader as Reader, SerializedObject } from '@hadal/core';
import { ArgumentError, ConfigReader, canonicalName, DataError, suggestName } from '@hadal/core';
import type { SnakeCase } from '../layer/naming';
import { Constant, IdentityInitializer, Ones, Zeros } from './constants';
import { readWindow } from './fourier';
import type { Initializer } from './initializer';
import { Orthogonal } from './orthogonal';
import { RandomNormal, RandomUniform, TruncatedNormal } from './random';
import { STFT, STFT_SCALINGS, STFT_SIDES } from './stft';
import {
  FAN_MODES,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  SCALING_DISTRIBUTIONS,
  VarianceScaling,
} from './variance-scaling';

const INITIALIZER_NAMES = [
  'zeros',
  'ones',
  'constant',
  'identity',
  'orthogonal',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'stft',
] as const;

type CamelCaseName = (typeof INITIALIZER_NAMES)[number];

/** Initializers that can be named by a string, in camelCase or Keras' snake_case; each then has its defaults. */
export type InitializerName = CamelCaseName | SnakeCase<CamelCaseName>;

/** An initializer, or the name of one with its defaults. */
export type InitializerLike = InitializerName | Initializer;

/** The initializer that a name stands for, or the one given. */
export function resolveInitializer(initializer: InitializerLike): Initializer {
  if (typeof initializer !== 'string') return initializer;
  const wanted = canonicalName(initializer);
  const found = INITIALIZER_NAMES.find((name) => canonicalName(name) === wanted);
  switch (found) {
    case 'zeros':
      return new Zeros();
    case 'ones':
      return new Ones();
    case 'constant':
      return new Constant();
    case 'identity':
      return new IdentityInitializer();
    case 'orthogonal':
      return new Orthogonal();
    case 'randomNormal':
      return new RandomNormal();
    case 'randomUniform':
      return new RandomUniform();
    case 'truncatedNormal':
      return new TruncatedNormal();
    case 'varianceScaling':
      return new VarianceScaling();
    case 'glorotUniform':
      return glorotUniform();
    case 'glorotNormal':
      return glorotNormal();
    case 'heUniform':
      return heUniform();
    case 'heNormal':
      return heNormal();
    case 'lecunUniform':
      return lecunUniform();
    case 'lecunNormal':
      return lecunNormal();
    case 'stft':
      return new STFT();
    case undefined:
      throw new ArgumentError(
        'initializer',
        `unknown initializer '${initializer}'.`,
        suggestName(initializer, INITIALIZER_NAMES),
      );
  }
}

/** An initializer as it is saved. */
export const serializeInitializer = (initializer: Initializer): SerializedObject => ({
  className: initializer.className,
  config: initializer.getConfig(),
});

/** Reads a saved initializer; absent, the one that `fallback` names. */
export function readInitializer(reader: Reader, key: string, fallback: InitializerName): Initializer {
  const serialized = reader.serialized(key);
  return serialized === undefined ? resolveInitializer(fallback) : initializerFromConfig(serialized);
}

/**
 * Makes an initializer from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function initializerFromConfig({ className, config }: SerializedObject): Initializer {
  const reader = new ConfigReader(className, config);
  const made = read(className, reader);
  reader.done();
  return made;
}

function read(className: string, reader: Reader): Initializer {
  const seed = reader.value('seed') === undefined ? undefined : reader.integer('seed');
  switch (className) {
    case Zeros.className:
      return new Zeros();
    case Ones.className:
      return new Ones();
    case Constant.className:
      return new Constant(reader.number('value', 0));
    case IdentityInitializer.className:
      return new IdentityInitializer(reader.number('gain', 1));
    case Orthogonal.className:
      return new Orthogonal({ gain: reader.number('gain', 1), seed });
    case RandomNormal.className:
      return new RandomNormal({
        mean: reader.number('mean', 0),
        stddev: reader.number('stddev', 0.05),
        seed,
      });
    case TruncatedNormal.className:
      return new TruncatedNormal({
        mean: reader.number('mean', 0),
        stddev: reader.number('stddev', 0.05),
        seed,
      });
    case RandomUniform.className:
      return new RandomUniform({
        minval: reader.number('minval', -0.05),
        maxval: reader.number('maxval', 0.05),
        seed,
      });
    case VarianceScaling.className:
      return new VarianceScaling({
        scale: reader.number('scale', 1),
        mode: reader.choice('mode', FAN_MODES, 'fanIn'),
        distribution: reader.choice('distribution', SCALING_DISTRIBUTIONS, 'truncatedNormal'),
        seed,
      });
    case STFT.className:
      return new STFT({
        side: reader.choice('side', STFT_SIDES, 'real'),
        window: readWindow(reader),
        scaling: reader.value('scaling') === undefined ? null : reader.choice('scaling', STFT_SCALINGS),
        periodic: reader.boolean('periodic', false),
      });
    default:
      throw new DataError('initializer', `unknown initializer class '${className}'.`);
  }
}
