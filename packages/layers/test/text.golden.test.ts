/** Layers that look up, hash and split, against Keras on TensorFlow. */
import { type HostArray, interpreter, type JsonObject, setDevice, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import * as api from '../src';
import {
  type AdaptData,
  type Layer,
  loadModel,
  memoryStorage,
  sequential,
  type TextData,
  type Texts,
  type Values,
} from '../src';
import table from './fixtures/text.json';
import { expectClose } from './golden';
import { layerClasses } from './layer-classes';

setDevice(interpreter());

interface TextCase {
  readonly name: string;
  readonly className: string;
  readonly given: JsonObject;
  readonly values: readonly Values[];
  readonly adapt?: readonly Values[];
  readonly output?: {
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly data: readonly number[];
  };
  readonly texts?: readonly string[];
  readonly vocabulary?: readonly (string | number)[];
}

const cases = table.cases as unknown as readonly TextCase[];
const classes = layerClasses(api);

const make = (className: string, config: JsonObject): Layer =>
  classes[className]!.fromConfig(config, () => {
    throw new Error('there are no layers inside');
  }) as Layer;

async function made({ className, given, adapt }: TextCase): Promise<Layer> {
  const layer = make(className, given);
  if (adapt !== undefined) {
    if (layer instanceof api.IntegerLookup) await layer.adapt(adapt as AdaptData);
    else await (layer as api.StringLookup).adapt(adapt as TextData);
  }
  return layer;
}

async function outputOf(layer: Layer, values: readonly Values[]): Promise<HostArray> {
  if (!(layer instanceof api.IntegerLookup)) return (layer as api.Hashing).encode(values);
  const y = layer.apply(tensor(values as number[][], { dtype: 'int32' }));
  return { data: await y.data(), shape: y.shape, dtype: y.dtype };
}

const isInverted = ({ given }: TextCase): boolean => given.invert === true;

describe(`numbers are those of ${table.reference}`, () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, expected) => {
    const layer = await made(expected);
    if (expected.texts !== undefined) {
      expect([(layer as api.StringLookup).decode(expected.values)].flat(3)).toEqual(expected.texts);
    } else {
      const { data, shape, dtype } = await outputOf(layer, expected.values);
      expect({ shape, dtype }).toEqual({ shape: expected.output!.shape, dtype: expected.output!.dtype });
      expectClose(data, expected.output!.data, 1e-6);
    }
    if (expected.vocabulary !== undefined && !isInverted(expected)) {
      expect((layer as api.StringLookup).getVocabulary()).toEqual(expected.vocabulary);
    }
  });
});

describe('what was adapted comes back with the configuration', () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const layer = await made(each);
    const config = JSON.parse(JSON.stringify(layer.getConfig())) as JsonObject;
    const again = make(each.className, config);
    expect(again.getConfig()).toEqual(config);
    if (each.texts === undefined)
      expect(await outputOf(again, each.values)).toEqual(await outputOf(layer, each.values));
    else
      expect((again as api.StringLookup).decode(each.values)).toEqual(
        (layer as api.StringLookup).decode(each.values),
      );
  });
});

describe('a model that begins with it takes texts, before and after it was saved', () => {
  const takesTexts = ({ className, values, texts }: TextCase): boolean =>
    texts === undefined && (className === 'IntegerLookup' || typeof [values].flat(3)[0] === 'string');
  const inModels = cases.filter((each) => each.className !== 'HashedCrossing' && takesTexts(each));

  it.each(inModels.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const layer = await made(each);
    const expected = await outputOf(layer, each.values);
    const x =
      layer instanceof api.IntegerLookup
        ? tensor(each.values as number[][], { dtype: 'int32' })
        : each.values;
    const model = sequential([layer]);
    const before = await model.predict(x as Texts[]);
    expect(await before.data()).toEqual(expected.data);
    const storage = memoryStorage();
    await model.save(storage);
    const after = await (await loadModel(storage)).predict(x as Texts[]);
    expect(await after.data()).toEqual(expected.data);
  });
});
