/**
 * Layers as a graph: several inputs and outputs, layers that are used more than once, models within models. The graph
 * is that of the calls that lead from the inputs to the outputs.
 */
import type { JsonObject, JsonValue, Tensor } from '@hadal/core';
import { ArgumentError, withScope } from '@hadal/core';
import { type Arrangement, isTensor, type Tensors } from '../layer/arrangement';
import type { CallContext } from '../layer/context';
import { encodingInputs } from '../layer/encoding';
import type { AnyLayer } from '../layer/layer';
import { freeName, uniqueName } from '../layer/naming';
import { takeApart } from '../layer/several';
import { isShape, type LayerShape } from '../layer/shape';
import { isSymbolic, type LayerCall, type SymbolicTensor } from '../layer/symbolic';
import { LayerWay, ownerOf } from '../layer/way';
import type { LayerUse, ModelStructure } from './structure';

/** Inputs and outputs of a graph, arranged as users see them. */
export interface GraphEnds {
  readonly inputs: unknown;
  readonly outputs: unknown;
}

export class GraphStructure implements ModelStructure {
  readonly className = 'Functional';
  readonly inputs: Arrangement;
  readonly outputs: Arrangement;
  readonly layers: readonly AnyLayer[];
  readonly inputShapes: readonly LayerShape[];
  readonly #inputs: readonly SymbolicTensor[];
  readonly #outputs: readonly SymbolicTensor[];
  /** In an order in which every call comes after those it needs. */
  readonly #calls: readonly LayerCall[];

  /** @throws {ArgumentError} when outputs do not depend on the inputs alone, or names are taken twice */
  constructor({ inputs, outputs }: GraphEnds) {
    const from = takeApart('model', inputs, isSymbolic, 'a symbolic tensor');
    const to = takeApart('model', outputs, isSymbolic, 'a symbolic tensor');
    this.outputs = to.arrangement;
    this.#inputs = from.leaves;
    this.#outputs = to.leaves;
    this.inputShapes = from.leaves.map(({ shape }) => shape);
    requireInputs(from.leaves);
    this.#calls = callsBetween(from.leaves, to.leaves);
    this.inputs = encodingInputs(
      from.arrangement,
      from.leaves.map((leaf) => onlyUse(leaf, this.#calls)),
    );
    this.layers = [...new Set(this.#calls.map(({ layer }) => ownerOf(layer)))];
    nameLayers(this.layers);
  }

  get outputNames(): readonly string[] {
    const taken = new Set<string>();
    const own = this.#outputs.map(({ source }) => {
      const name = uniqueName(source.layer.name, taken);
      taken.add(name);
      return name;
    });
    return this.outputs.names ?? own;
  }

  attach(prefix: string, owner: string): void {
    for (const layer of this.layers) layer.attach(layer.name, `${prefix}${layer.name}`, owner);
  }

  build(inputShapes: readonly LayerShape[]): void {
    this.#shapes(inputShapes, (call, shapes) => call.layer.ensureBuilt(shapes));
  }

  call(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    const values = new Map<LayerCall, readonly Tensor[]>();
    for (const call of this.#calls) {
      if (call.inputs.length === 0) {
        const input = inputs[this.#inputs.findIndex(({ source }) => source === call)];
        if (input !== undefined) values.set(call, tensorsIn(call.layer, call.layer.apply(input, context)));
        continue;
      }
      const operands = call.inputs.map((operand) => resultOf(values, operand));
      const results = call.layer.apply(call.arrangement.arrange(operands), context);
      values.set(call, tensorsIn(call.layer, results));
    }
    return this.#outputs.map((output) => resultOf(values, output));
  }

  computeOutputShapes(inputShapes: readonly LayerShape[]): readonly LayerShape[] {
    const shapes = this.#shapes(inputShapes);
    return this.#outputs.map((output) => resultOf(shapes, output));
  }

  uses(inputShapes: readonly LayerShape[] | undefined): readonly LayerUse[] {
    const shapes = this.#shapes(inputShapes ?? this.inputShapes);
    return this.#calls.map((call) => ({
      layer: call.layer,
      outputShapes: shapes.get(call),
      from: call.inputs.map(({ source }) => this.#calls.indexOf(source)),
    }));
  }

  getConfig(): JsonObject {
    const callNumber = new Map(this.#calls.map((call, index) => [call, index]));
    const layerNumber = new Map(this.layers.map((layer, index) => [layer, index]));
    const reference = ({ source, index }: SymbolicTensor): string =>
      `${callNumber.get(source) ?? -1}:${index}`;
    const references = (arrangement: Arrangement, tensors: readonly SymbolicTensor[]): JsonValue =>
      arrangement.arrange(tensors.map(reference));
    return {
      layers: this.layers.map((layer) => ({ className: layer.className, config: layer.getConfig() })),
      calls: this.#calls.map((call) => ({
        layer: layerNumber.get(ownerOf(call.layer)) ?? -1,
        ...(call.layer instanceof LayerWay ? { way: call.layer.wayName } : {}),
        inputs: call.inputs.length === 0 ? null : references(call.arrangement, call.inputs),
      })),
      inputs: references(this.inputs, this.#inputs),
      outputs: references(this.outputs, this.#outputs),
    };
  }

  /** The shapes of all results, `visit` being told of the shapes that go into each call. */
  #shapes(
    inputShapes: readonly LayerShape[],
    visit: (call: LayerCall, inputShape: LayerShape | readonly LayerShape[]) => void = () => undefined,
  ): ReadonlyMap<LayerCall, readonly LayerShape[]> {
    const shapes = new Map<LayerCall, readonly LayerShape[]>();
    for (const call of this.#calls) {
      const { layer, arrangement } = call;
      const position = this.#inputs.findIndex(({ source }) => source === call);
      const operands =
        position < 0
          ? call.inputs.map((operand) => resultOf(shapes, operand))
          : inputShapes.slice(position, position + 1);
      const inputShape = arrangement.arrange(operands);
      visit(call, inputShape as LayerShape);
      const result = withScope(layer.scope, () => layer.computeOutputShape(inputShape));
      shapes.set(call, takeApart(layer.scope, result, isShape, 'a shape').leaves);
    }
    return shapes;
  }
}

const tensorsIn = (layer: AnyLayer, results: Tensors): readonly Tensor[] =>
  takeApart(layer.scope, results, isTensor, 'a tensor').leaves;

function resultOf<T>(values: ReadonlyMap<LayerCall, readonly T[]>, { source, index }: SymbolicTensor): T {
  const value = values.get(source)?.[index];
  if (value !== undefined) return value;
  throw new ArgumentError(source.layer.scope, `gave no result number ${index}.`);
}

function requireInputs(inputs: readonly SymbolicTensor[]): void {
  for (const { source } of inputs) {
    if (source.inputs.length === 0) continue;
    throw new ArgumentError(
      'model',
      `an input is the result of ${source.layer.scope}.`,
      'Inputs are made by input(shape).',
    );
  }
  if (new Set(inputs.map(({ source }) => source)).size < inputs.length) {
    throw new ArgumentError('model', 'an input is listed twice.');
  }
}

/** The calls that lead to the outputs, inputs first in their order, each after those it needs. */
function callsBetween(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): readonly LayerCall[] {
  const found = new Set(inputs.map(({ source }) => source));
  // Without recursion: networks may be deeper than the stack.
  const pending = [...outputs].reverse().map(({ source }) => ({ call: source, isEntered: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { call, isEntered } = next;
    if (found.has(call)) continue;
    if (isEntered) {
      found.add(call);
      continue;
    }
    if (call.inputs.length === 0) {
      throw new ArgumentError(
        'model',
        `the outputs need the input "${call.layer.name}", which is not among the inputs.`,
        'List every input() that the outputs depend on.',
      );
    }
    pending.push({ call, isEntered: true });
    for (const { source } of [...call.inputs].reverse()) {
      if (!found.has(source)) pending.push({ call: source, isEntered: false });
    }
  }
  const unused = inputs.find(({ source }) => !isUsed(source, found, outputs));
  if (unused !== undefined) {
    throw new ArgumentError('model', `no output depends on the input "${unused.source.layer.name}".`);
  }
  return [...found];
}

const isUsed = (
  source: LayerCall,
  calls: ReadonlySet<LayerCall>,
  outputs: readonly SymbolicTensor[],
): boolean =>
  outputs.some((output) => output.source === source) ||
  [...calls].some((call) => call.inputs.some((operand) => operand.source === source));

/** The layer that an input goes to, where it is one alone. */
function onlyUse(input: SymbolicTensor, calls: readonly LayerCall[]): AnyLayer | undefined {
  const uses = calls.filter((call) => call.inputs.includes(input));
  return uses.length === 1 ? uses[0]?.layer : undefined;
}

/** Gives every layer a name that is unique in the model. Those that users chose stay, others as far as they can. */
function nameLayers(layers: readonly AnyLayer[]): void {
  const chosen = layers.filter(({ hasChosenName }) => hasChosenName).map(({ name }) => name);
  const twice = chosen.find((name, index) => chosen.indexOf(name) !== index);
  if (twice !== undefined) throw new ArgumentError('model', `two layers are named "${twice}".`);
  const taken = new Set(chosen);
  for (const layer of layers) {
    if (layer.hasChosenName) continue;
    const name = freeName(layer, taken);
    taken.add(name);
    layer.attach(name, name, undefined);
  }
}
