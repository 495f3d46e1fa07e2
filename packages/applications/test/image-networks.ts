/** All networks for images that the package exports, by name. */
import type { Model } from '@hadal/layers';
import type { ImageNetworkOptions } from '../src';
import * as api from '../src';

type MakeNetwork = (options?: ImageNetworkOptions) => Model;

/** Everything of the package that makes a network for images. */
export const networks: ReadonlyMap<string, MakeNetwork> = new Map(
  Object.entries(api).filter(
    (entry): entry is [string, MakeNetwork] =>
      /^(vgg|resNet|denseNet|mobileNet|efficientNet|convNeXt)\w*\d/.test(entry[0]) ||
      /^(mobileNet|convNeXt|vitBase|vitLarge)\w+/.test(entry[0]),
  ),
);

/** Makes a network of a name. */
export const make = (name: string, options?: ImageNetworkOptions): Model => {
  const network = networks.get(name);
  if (network === undefined) throw new Error(`no network ${name} is exported.`);
  return network(options);
};
