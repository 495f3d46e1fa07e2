/** Puts a graph of layers together as it was saved: layers, their calls in order, inputs and outputs. */
import type { ConfigReader, JsonValue } from '@hadal/core';
import { DataError, isJsonObject } from '@hadal/core';
import type { AnyLayer } from '../layer/layer';
import { takeApart } from '../layer/several';
import { isSymbolic, type SymbolicTensor } from '../layer/symbolic';
import { wayOf } from '../layer/way';
import { InputLayer } from '../layers/input-layer';
import { graphInput } from '../model/graph-input';
import { GraphStructure } from '../model/graph-structure';
import type { StructureClass } from '../model/structure';

/** Models whose layers form a graph, for loaders: listed among the layer classes that a model may use. */
export const Functional: StructureClass = { className: 'Functional', readStructure: rebuildGraph };

/**
 * @param reader the configuration of the graph, whose layers were read already
 * @throws {DataError} when a call names a layer or a result that is not there
 */
function rebuildGraph(where: string, reader: ConfigReader, layers: readonly AnyLayer[]): GraphStructure {
  const results: (readonly SymbolicTensor[])[] = [];
  const resolve = (part: string, value: JsonValue | undefined): unknown => {
    const reference = (leaf: unknown): SymbolicTensor => {
      const [call, output] = typeof leaf === 'string' ? leaf.split(':').map(Number) : [];
      const found = results[call ?? -1]?.[output ?? -1];
      if (found !== undefined) return found;
      throw new DataError(
        where,
        `${part} refers to ${JSON.stringify(leaf)}, which is no result of an earlier call.`,
      );
    };
    if (Array.isArray(value)) return value.map(reference);
    if (!isJsonObject(value)) return reference(value);
    return Object.fromEntries(Object.entries(value).map(([name, leaf]) => [name, reference(leaf)]));
  };
  for (const [index, call] of reader.list('calls').entries()) {
    const part = `calls[${index}]`;
    if (!isJsonObject(call)) throw new DataError(where, `${part} must be an object.`);
    const layer = typeof call.layer === 'number' ? layers[call.layer] : undefined;
    if (layer === undefined) {
      throw new DataError(where, `${part} uses layer ${JSON.stringify(call.layer)} of ${layers.length}.`);
    }
    if (call.inputs === null) {
      if (!(layer instanceof InputLayer))
        throw new DataError(where, `${part} has no inputs and is no input.`);
      results.push([graphInput(layer)]);
      continue;
    }
    const called = call.way === undefined ? layer : wayOf(layer, call.way);
    if (called === undefined) {
      throw new DataError(
        where,
        `${part} uses ${layer.className} by ${JSON.stringify(call.way)}, which it lacks.`,
      );
    }
    const inputs = takeApart(where, resolve(part, call.inputs), isSymbolic, 'a result');
    const outputs = called.apply(inputs.arrangement.arrange(inputs.leaves));
    results.push(takeApart(where, outputs, isSymbolic, 'a result').leaves);
  }
  return new GraphStructure({
    inputs: resolve('inputs', reader.value('inputs')),
    outputs: resolve('outputs', reader.value('outputs')),
  });
}
