/** The layer classes among the exports of the package. */
import { Layer, type LayerClass, Model } from '../src';

const isLayerClass = (value: unknown): value is LayerClass =>
  typeof value === 'function' &&
  value.prototype instanceof Layer &&
  'className' in value &&
  'fromConfig' in value &&
  !(value.prototype instanceof Model);

/** Layer classes by the name under which they are saved. */
export const layerClasses = (api: Readonly<Record<string, unknown>>): Readonly<Record<string, LayerClass>> =>
  Object.fromEntries(
    Object.values(api)
      .filter(isLayerClass)
      .map((known) => [known.className, known]),
  );
