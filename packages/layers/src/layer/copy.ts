/** Copies of layers: of the same configuration, with weights of their own. */
import type { JsonObject } from '@hadal/core';
import { ArgumentError, requireSerialized } from '@hadal/core';
import type { AnyLayer, LayerClass, LayerReader } from './layer';

const isLayerClass = (value: unknown): value is LayerClass =>
  typeof value === 'function' && 'className' in value && 'fromConfig' in value;

function classOf(layer: AnyLayer): LayerClass {
  const made: unknown = layer.constructor;
  if (isLayerClass(made)) return made;
  throw new ArgumentError(
    layer.scope,
    `${layer.className} cannot be copied: the class has no static className and fromConfig.`,
    'Write them, as for saving.',
  );
}

/** The classes of a layer and of those inside it. */
const classesIn = (layer: AnyLayer): readonly LayerClass[] => [
  classOf(layer),
  ...layer.children.flatMap(classesIn),
];

/**
 * A layer like another one, not built yet.
 *
 * @param changes entries of the configuration that are to differ
 * @throws {ArgumentError} when a class cannot be made from its configuration
 */
export function copyLayer(layer: AnyLayer, changes: JsonObject): AnyLayer {
  const classes = new Map(classesIn(layer).map((each) => [each.className, each]));
  const read: LayerReader = (where, value) => {
    const { className, config } = requireSerialized(where, value);
    const known = classes.get(className);
    if (known !== undefined) return known.fromConfig(config, read);
    throw new ArgumentError(where, `no ${className} is inside ${layer.scope}.`);
  };
  return classOf(layer).fromConfig({ ...layer.getConfig(), ...changes }, read);
}
