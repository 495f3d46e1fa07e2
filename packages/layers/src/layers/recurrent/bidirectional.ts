/** A recurrent layer in both directions. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, concat, flip } from '@hadal/core';
import type { Replaced, Tensors } from '../../layer/arrangement';
import type { CallContext } from '../../layer/context';
import { copyLayer } from '../../layer/copy';
import type { AnyLayer, LayerOptions, LayerReader } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { inputList, OneOrMoreLayer, shapeList } from '../../layer/one-or-more';
import { readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { Recurrent } from './recurrent';

const MERGE_MODES = ['concat', 'sum', 'mul', 'ave'] as const;

/** How the outputs of both directions become one; null leaves them as two. */
export type MergeMode = (typeof MERGE_MODES)[number] | null;

export interface BidirectionalOptions extends LayerOptions {
  /** `concat` (default), `sum`, `mul`, `ave`, or null for both outputs on their own. */
  readonly mergeMode?: MergeMode;
  /** What goes backwards (`goBackwards: true`); by default the layer itself, with weights of its own. */
  readonly backwardLayer?: Recurrent<Tensors>;
}

/**
 * Runs a recurrent layer forwards and a second one backwards, and joins what they give, step by step. Of a layer with
 * `returnState` the states of the forward direction come first; initial states, if any, in the same order.
 *
 * Both are copies of the layer that is given. Weights: those of the forward layer, then those of the backward layer.
 *
 * Source: Schuster & Paliwal (1997).
 *
 * @example
 * bidirectional(lstm(4, { returnSequences: true })).apply(zeros([2, 10, 3])).shape; // [2, 10, 8]
 */
export class Bidirectional<Out extends Tensors = Tensor> extends OneOrMoreLayer<readonly Tensor[], Out> {
  static readonly className = 'Bidirectional';
  readonly className = Bidirectional.className;
  /** What reads the sequence from its beginning. */
  readonly forwardLayer: Recurrent<Tensors>;
  readonly backwardLayer: Recurrent<Tensors>;
  readonly mergeMode: MergeMode;

  constructor(layer: Recurrent<Tensors>, options: BidirectionalOptions = {}) {
    super(options);
    const { mergeMode = 'concat', backwardLayer } = options;
    if (mergeMode !== null && !MERGE_MODES.includes(mergeMode)) {
      throw new ArgumentError(
        'Bidirectional',
        `unknown mergeMode '${String(mergeMode)}'; expected ${MERGE_MODES.join(', ')} or null.`,
      );
    }
    // As in Keras: where outputs of all steps are joined, a masked step gives zeros in both directions.
    const zeroOutputForMask = layer.returnSequences;
    this.forwardLayer = copyOf(layer, { name: prefixed('forward_', layer.name), zeroOutputForMask });
    this.backwardLayer = copyOf(backwardLayer ?? layer, {
      name: prefixed('backward_', (backwardLayer ?? layer).name),
      zeroOutputForMask,
      ...(backwardLayer === undefined && { goBackwards: true }),
    });
    this.mergeMode = mergeMode;
    requireOpposite(this.forwardLayer, this.backwardLayer);
  }

  override get children(): readonly AnyLayer[] {
    return [this.forwardLayer, this.backwardLayer];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  get returnSequences(): boolean {
    return this.forwardLayer.returnSequences;
  }

  get returnState(): boolean {
    return this.forwardLayer.returnState;
  }

  /** Both directions begin the next batch with zeros again. */
  resetState(): void {
    this.forwardLayer.resetState();
    this.backwardLayer.resetState();
  }

  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const [sequences = []] = shapeList(inputShape);
    this.forwardLayer.ensureBuilt(sequences);
    this.backwardLayer.ensureBuilt(sequences);
  }

  override call(inputs: Tensor | readonly Tensor[], context: CallContext): Out {
    const [sequences, ...states] = inputList(inputs);
    if (sequences === undefined || states.length % 2 !== 0) {
      throw new ArgumentError(
        this.scope,
        `got ${states.length} initial states.`,
        'Expected those of the forward layer, then as many for the backward layer.',
      );
    }
    const half = states.length / 2;
    const run = (layer: Recurrent<Tensors>, initial: readonly Tensor[]): readonly Tensor[] => {
      const outputs = layer.apply(initial.length === 0 ? sequences : [sequences, ...initial], context);
      return Array.isArray(outputs) ? outputs : inputList(outputs as Tensor);
    };
    const [there = sequences, ...forwardStates] = run(this.forwardLayer, states.slice(0, half));
    const [backwards = sequences, ...backwardStates] = run(this.backwardLayer, states.slice(half));
    // What went backwards comes in that order.
    const back = this.returnSequences ? flip(backwards, 1) : backwards;
    const results = [...this.#merge(there, back), ...forwardStates, ...backwardStates];
    // What a layer gives is the word of whoever chose the options: the factory says it.
    return (results.length === 1 ? results[0] : results) as Tensors as Out;
  }

  override computeMask(inputs: Tensor | readonly Tensor[]): readonly (Tensor | undefined)[] {
    const [sequences] = inputList(inputs);
    if (!this.returnSequences || sequences === undefined) return [];
    const mask = maskOf(sequences);
    return this.mergeMode === null ? [mask, mask] : [mask];
  }

  override computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): Replaced<Out, LayerShape> {
    const [sequences = []] = shapeList(inputShape);
    const of = (layer: Recurrent<Tensors>): readonly LayerShape[] =>
      shapeList(layer.computeOutputShape(sequences) as LayerShape | readonly LayerShape[]);
    const [there = [], ...forwardStates] = of(this.forwardLayer);
    const [back = [], ...backwardStates] = of(this.backwardLayer);
    const joined = [...there.slice(0, -1), (there.at(-1) ?? 0) + (back.at(-1) ?? 0)];
    const merged = this.mergeMode === null ? [there, back] : [this.mergeMode === 'concat' ? joined : there];
    const shapes = [...merged, ...forwardStates, ...backwardStates];
    return (shapes.length === 1 ? shapes[0] : shapes) as LayerShape | readonly LayerShape[] as Replaced<
      Out,
      LayerShape
    >;
  }

  #merge(there: Tensor, back: Tensor): readonly Tensor[] {
    switch (this.mergeMode) {
      case 'concat':
        return [concat([there, back], -1)];
      case 'sum':
        return [there.add(back)];
      case 'mul':
        return [there.mul(back)];
      case 'ave':
        return [there.add(back).mul(0.5)];
      case null:
        return [there, back];
    }
  }

  override getConfig(): JsonObject {
    const saved = (layer: AnyLayer): JsonObject => ({
      className: layer.className,
      config: layer.getConfig(),
    });
    return {
      ...super.getConfig(),
      mergeMode: this.mergeMode,
      layer: saved(this.forwardLayer),
      backwardLayer: saved(this.backwardLayer),
    };
  }

  static fromConfig(config: JsonObject, read: LayerReader): Bidirectional {
    const reader = new ConfigReader(Bidirectional.className, config);
    const options = readLayerOptions(reader);
    // null is a mode; what is not there is the default.
    const mergeMode = config.mergeMode === null ? null : reader.choice('mergeMode', MERGE_MODES, 'concat');
    reader.value('mergeMode');
    const layer = requireRecurrent(read('layer', reader.value('layer')));
    const backwards = reader.value('backwardLayer');
    reader.done();
    return new Bidirectional(layer, {
      ...options,
      mergeMode,
      backwardLayer: backwards === undefined ? undefined : requireRecurrent(read('backwardLayer', backwards)),
    });
  }
}

const prefixed = (prefix: string, name: string): string =>
  name.startsWith(prefix) ? name : `${prefix}${name}`;

function requireRecurrent(layer: AnyLayer): Recurrent<Tensors> {
  if (layer instanceof Recurrent) return layer;
  throw new ArgumentError(
    'Bidirectional',
    `${layer.className} is no recurrent layer.`,
    'Wrap LSTM, GRU, SimpleRNN, RNN or ConvLSTM layers.',
  );
}

const copyOf = (layer: Recurrent<Tensors>, changes: JsonObject): Recurrent<Tensors> =>
  requireRecurrent(copyLayer(requireRecurrent(layer), changes));

function requireOpposite(forward: Recurrent<Tensors>, backward: Recurrent<Tensors>): void {
  if (forward.goBackwards === backward.goBackwards) {
    throw new ArgumentError(
      'Bidirectional',
      `both layers have goBackwards: ${forward.goBackwards}.`,
      'The layer goes forwards, and the backwardLayer has goBackwards: true.',
    );
  }
  for (const option of ['returnSequences', 'returnState', 'stateful'] as const) {
    if (forward[option] === backward[option]) continue;
    throw new ArgumentError(
      'Bidirectional',
      `${option} is ${forward[option]} forwards and ${backward[option]} backwards.`,
      'Give both layers the same.',
    );
  }
}

/** Makes a {@link Bidirectional} layer of one output, or of several where states or both directions are given. */
export function bidirectional(
  layer: Recurrent<Tensor>,
  options?: BidirectionalOptions & { readonly mergeMode?: Exclude<MergeMode, null> },
): Bidirectional;
export function bidirectional(
  layer: Recurrent<Tensors>,
  options?: BidirectionalOptions,
): Bidirectional<readonly [Tensor, ...Tensor[]]>;
export function bidirectional(
  layer: Recurrent<Tensors>,
  options?: BidirectionalOptions,
): Bidirectional<Tensors> {
  return new Bidirectional<Tensors>(layer, options);
}
