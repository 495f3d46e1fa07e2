/**
 * Layers against golden cases: each case of a table is made from its options, compared in values, gradients, weights,
 * masks and configuration, and saved and loaded within a model. `fixtures/layer_cases.py` says how tables are made.
 */
import { gradients, type JsonObject, requireSerialized, type Tensor, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  type AnyLayer,
  input,
  type LayerClass,
  loadModel,
  maskOf,
  memoryStorage,
  model,
  type Tensors,
  withMask,
} from '../src';
import { collectingContext } from '../src/layer/context';
import { expectClose } from './golden';

/** An array of a case; without a dtype it is float32. */
interface CaseArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly dtype?: string;
}

interface CaseWeight extends CaseArray {
  readonly name: string;
  readonly trainable: boolean;
}

/** What a layer makes of inputs. */
export interface LayerCase {
  readonly name: string;
  readonly className: string;
  /** The options that are given, and all that Keras says the layer then has. */
  readonly given: JsonObject;
  readonly config: JsonObject;
  readonly training: boolean;
  readonly inputs: readonly CaseArray[];
  readonly weights: readonly CaseWeight[];
  readonly outputs: readonly CaseArray[];
  /** What the gradients below are of: the sum of the outputs times these. */
  readonly cotangents: readonly (CaseArray | null)[];
  /** With respect to floating inputs, then to trainable weights. */
  readonly gradients: readonly CaseArray[];
  readonly masks?: readonly (CaseArray | null)[];
  readonly outputMasks?: readonly (CaseArray | null)[];
  /** The weights after a call in training. */
  readonly updated?: readonly CaseArray[];
  /** Penalties, of weights and of outputs. */
  readonly loss?: number;
  readonly tolerance?: number;
}

/** A table of cases. */
export interface LayerTable {
  readonly kind: string;
  readonly reference: string;
  readonly cases: readonly LayerCase[];
}

const FLOAT_TOLERANCE = 4e-6;

const dtypeOf = ({ dtype }: CaseArray): 'float32' | 'int32' | 'bool' =>
  dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';

function tensorOf(array: CaseArray): Tensor {
  const { shape, data } = array;
  const dtype = dtypeOf(array);
  if (dtype === 'float32') return tensor(Float32Array.from(data), { shape });
  return tensor(Int32Array.from(data), { shape }).cast(dtype);
}

const leavesOf = (value: Tensors): readonly Tensor[] =>
  Array.isArray(value) ? value : 'shape' in value ? [value as Tensor] : Object.values(value);

const arranged = <T>(leaves: readonly T[]): T | readonly T[] => (leaves.length === 1 ? leaves[0]! : leaves);

async function expectArray(actual: Tensor, expected: CaseArray, tolerance: number): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(Array.from(await actual.data(), Number), expected.data, tolerance);
}

/** Gives a layer the weights of its case. */
function build(layer: AnyLayer, { inputs, weights }: LayerCase): AnyLayer {
  layer.ensureBuilt(arranged(inputs.map(({ shape }) => [null, ...shape.slice(1)])));
  expect(layer.innerWeights().map(({ path, variable }) => ({ name: path, shape: variable.shape }))).toEqual(
    weights.map(({ name, shape }) => ({ name, shape })),
  );
  for (const [index, weight] of weights.entries()) layer.weights[index]!.assign(tensorOf(weight));
  return layer;
}

/** Tests all cases of a table. */
export function describeLayers(table: LayerTable, classes: Readonly<Record<string, LayerClass>>): void {
  const make = (className: string, config: JsonObject): AnyLayer => {
    const known = classes[className];
    if (known === undefined) throw new Error(`no class ${className} is exported.`);
    return known.fromConfig(config, (where, value) => {
      const inner = requireSerialized(where, value);
      return make(inner.className, inner.config);
    });
  };
  const given = (each: LayerCase): AnyLayer => make(each.className, each.given);

  describe(`layers compute what ${table.reference} computes`, () => {
    it.each(table.cases.map((each) => [each.name, each] as const))('%s', async (_name, expected) => {
      const tolerance = expected.tolerance ?? FLOAT_TOLERANCE;
      const layer = build(given(expected), expected);
      const inputs = expected.inputs.map(tensorOf);
      for (const [index, mask] of (expected.masks ?? []).entries()) {
        withMask(inputs[index]!, mask === null ? undefined : tensorOf(mask));
      }
      const context = collectingContext(expected.training);
      const outputs = leavesOf(layer.apply(arranged(inputs), context));
      expect(outputs.length).toBe(expected.outputs.length);

      const products = expected.cotangents.flatMap((cotangent, index) =>
        cotangent === null ? [] : [outputs[index]!.mul(tensorOf(cotangent)).sum()],
      );
      const trainable = expected.weights.flatMap((weight, index) =>
        weight.trainable ? [layer.weights[index]!] : [],
      );
      expect(layer.trainableWeights).toEqual(trainable);
      const sources = [
        ...inputs.filter((_, index) => dtypeOf(expected.inputs[index]!) === 'float32'),
        ...trainable,
      ];
      const slopes =
        products.length === 0
          ? []
          : gradients(
              products.reduce((a, b) => a.add(b)),
              sources,
            );

      for (const [index, output] of outputs.entries()) {
        await expectArray(output, expected.outputs[index]!, tolerance);
      }
      if (products.length > 0) expect(slopes.length).toBe(expected.gradients.length);
      for (const [index, slope] of slopes.entries()) {
        await expectArray(slope, expected.gradients[index]!, 4 * tolerance);
      }
      for (const [index, mask] of (expected.outputMasks ?? []).entries()) {
        const found = maskOf(outputs[index]!);
        if (mask === null) expect(found).toBeUndefined();
        else await expectArray(found!, mask, tolerance);
      }
      for (const [index, weight] of (expected.updated ?? []).entries()) {
        await expectArray(layer.weights[index]!.value, weight, tolerance);
      }
      if (expected.loss !== undefined) {
        const [first, ...rest] = [...context.losses, ...layer.regularizationLosses()];
        expectClose([await rest.reduce((a, b) => a.add(b), first!).item()], [expected.loss], tolerance);
      }
    });
  });

  describe('shapes follow without computing', () => {
    it.each(table.cases.map((each) => [each.name, each] as const))('%s', (_name, expected) => {
      const layer = given(expected);
      const known = expected.inputs.map(({ shape }) => shape);
      const open = expected.inputs.map(({ shape }) => [null, ...shape.slice(1)]);
      layer.ensureBuilt(arranged(open));
      const outputs = expected.outputs.map(({ shape }) => shape);
      expect(layer.computeOutputShape(arranged(known))).toEqual(arranged(outputs));
      const keepsBatch = outputs.every((shape) => shape[0] === known[0]![0]);
      if (!keepsBatch) return;
      expect(layer.computeOutputShape(arranged(open))).toEqual(
        arranged(outputs.map((shape) => [null, ...shape.slice(1)])),
      );
    });
  });

  describe(`configurations have the entries and defaults of ${table.reference}`, () => {
    it.each(table.cases.map((each) => [each.name, each] as const))('%s', (_name, expected) => {
      const layer = given(expected);
      expect(layer.className).toBe(expected.className);
      expect(layer.getConfig()).toMatchObject(expected.config);
      const config = JSON.parse(JSON.stringify(layer.getConfig())) as JsonObject;
      expect(make(expected.className, config).getConfig()).toEqual(config);
    });
  });

  describe('a model of it that was saved and loaded predicts the same', () => {
    it.each(table.cases.map((each) => [each.name, each] as const))('%s', async (_name, expected) => {
      const layer = build(given(expected), expected);
      const inputs = expected.inputs.map((each) => input(each.shape.slice(1), { dtype: dtypeOf(each) }));
      const outputs = layer.apply(arranged(inputs));
      const made = model({ inputs: arranged(inputs), outputs });
      const storage = memoryStorage();
      await made.save(storage);
      const loaded = await loadModel<Tensors, Tensors>(storage);
      const x = expected.inputs.map(tensorOf);
      const before = leavesOf(await made.predictOnBatch(arranged(x)));
      const after = leavesOf(await loaded.predictOnBatch(arranged(x)));
      for (const [index, output] of before.entries()) {
        expect(await after[index]!.data()).toEqual(await output.data());
      }
      expect(loaded.getConfig()).toEqual(made.getConfig());
    });
  });
}
