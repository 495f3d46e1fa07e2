/** Names of layers: Keras' snake case of the class name, made unique within a model by counting. */

/** The type of a camelCase name in snake_case: `'heNormal'` gives `'he_normal'`. */
export type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Text;

/** `MaxPooling2D` as `max_pooling2d`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The first of `base`, `base_1`, `base_2`, … that is not taken. */
export function uniqueName(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  for (let count = 1; ; count++) {
    const name = `${base}_${count}`;
    if (!taken.has(name)) return name;
  }
}

/** A name for a layer in a model: the one it already has, where that is free, or its class name, counted. */
export function freeName(
  layer: { readonly className: string; readonly name: string; readonly isNamed: boolean },
  taken: ReadonlySet<string>,
): string {
  return layer.isNamed && !taken.has(layer.name) ? layer.name : uniqueName(snakeCase(layer.className), taken);
}
