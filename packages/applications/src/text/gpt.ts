/** A language model in the style of GPT: a network that trains like any other, and writes. */
import { DataError } from '@hadal/core';
import { type Model, sequential } from '@hadal/layers';
import { type BeamSearchOptions, beamSearch, type Hypothesis } from './beam-search';
import { CausalTransformer, type CausalTransformerOptions } from './causal-transformer';
import { type DecodeOptions, decodeTokens } from './decode';

/** `maxLength` is as long as the network knows, unless told otherwise. */
type Open<T extends { readonly maxLength: number }> = Omit<T, 'maxLength'> & { readonly maxLength?: number };

export interface GPTOptions extends Omit<CausalTransformerOptions, 'inputShape' | 'trainable'> {}

/**
 * A causal language model. `model` maps tokens [batch, length] to logits [batch, length, vocabulary] and is trained on
 * sequences that are moved by one step; `generate` continues beginnings with a cache of keys and values.
 *
 * @example
 * const writer = gpt({ vocabularySize: 64, sequenceLength: 32 });
 * writer.model.compile({ optimizer: 'adam', loss: sparseCategoricalCrossentropy({ fromLogits: true }) });
 * await writer.model.fit(tokens, nextTokens, { epochs: 5 });
 * const [text] = await writer.generate([[1, 7]], { maxLength: 20, topP: 0.9 });
 */
export class GPT {
  /** Tokens [batch, length] to scores of the next ones [batch, length, vocabularySize]; trains and is saved. */
  readonly model: Model;
  /** The layer inside the model, which also computes step by step. */
  readonly network: CausalTransformer;

  /**
   * @param model a model that is one {@link CausalTransformer}, such as one that was loaded
   * @throws {DataError} when it is something else
   */
  constructor(model: Model) {
    const [network] = model.layers;
    if (!(network instanceof CausalTransformer) || model.layers.length !== 1) {
      throw new DataError(
        'GPT',
        `the model "${model.name}" is not one CausalTransformer.`,
        'Make one with gpt(), or load one: new GPT(await loadModel(folder, { layers: applicationLayers })).',
      );
    }
    this.model = model;
    this.network = network;
  }

  /**
   * Continues beginnings: drawn, or with `temperature: 0` by the best token.
   *
   * @param prompts beginnings, at least one token each
   * @returns whole sequences, without end tokens
   */
  async generate(
    prompts: readonly (readonly number[])[],
    options: Open<DecodeOptions> = {},
  ): Promise<number[][]> {
    const maxLength = this.#length(options.maxLength);
    const { network } = this;
    const state = network.emptyState(prompts.length, maxLength);
    return decodeTokens((...step) => network.next(...step), state, prompts, { ...options, maxLength });
  }

  /**
   * The likeliest continuations that a beam search finds.
   *
   * @param prompt a beginning, at least one token
   * @returns the best first
   */
  async search(prompt: readonly number[], options: Open<BeamSearchOptions> = {}): Promise<Hypothesis[]> {
    const maxLength = this.#length(options.maxLength);
    const { network } = this;
    const state = network.emptyState(1, maxLength);
    return beamSearch((...step) => network.next(...step), state, prompt, { ...options, maxLength });
  }

  #length(wanted: number | undefined): number {
    const { sequenceLength } = this.network;
    return Math.min(wanted ?? sequenceLength, sequenceLength);
  }
}

/** Makes a {@link GPT} with random weights. */
export function gpt({ name = 'gpt', ...options }: GPTOptions): GPT {
  const network = new CausalTransformer({ ...options, name: 'transformer', inputShape: [null] });
  return new GPT(sequential([network], { name }));
}
