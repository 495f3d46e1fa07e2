/** Edit distance: insertions, deletions and substitutions of tokens between what was said and what should have been. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import {
  broadcastTo,
  concat,
  cumMin,
  iota,
  minimum,
  notEqual,
  oneHot,
  onesLike,
  permute,
  ShapeError,
  scan,
  sum,
  where,
} from '@hadal/core';
import { divideOrZero, Metric } from '../metric';
import { readMetricConfig } from '../options';
import { weightsOf } from '../weights';
import {
  outputTokens,
  packTokens,
  readTokens,
  type SequenceOptions,
  type TokenRules,
  type Tokens,
  tokensConfig,
} from './tokens';

export interface EditDistanceOptions extends SequenceOptions {
  /** Divides by the tokens of the targets, not by the number of sequences (default true). */
  readonly normalize?: boolean;
}

/** The least number of edits from targets to outputs, [rows], by rows of the table of all prefixes (Wagner and Fischer 1974). */
function distances(targets: Tokens, outputs: Tokens): Tensor {
  const [rows = 0, positions = 0] = outputs.ids.shape;
  const column = iota(positions + 1).cast('float32');
  const first = broadcastTo(column, [rows, positions + 1]);
  const [last] = scan(
    (before: Tensor, [token, exists]: readonly [Tensor, Tensor]) => {
      const previous = before.slice([0, 0], [rows, positions]);
      const differs = notEqual(outputs.ids, token.reshape([rows, 1])).cast('float32');
      const best = minimum(previous.add(differs), before.slice([0, 1], [rows, positions + 1]).add(1));
      const start = before.slice([0, 0], [rows, 1]).add(1);
      // Each insertion costs 1 more than the column before: less the column, the row is a running minimum.
      const without = concat([start, best], 1).sub(column);
      const next = cumMin(without, 1).add(column);
      return [where(exists.reshape([rows, 1]), next, before), undefined];
    },
    first,
    [permute(targets.ids, [1, 0]), permute(targets.exist, [1, 0])] as const,
  );
  return sum(last.mul(oneHot(outputs.lengths.cast('int32'), positions + 1)), -1);
}

/**
 * The edit distance of sequences of tokens, as part of the tokens that there should be: the word error rate where tokens
 * are words, the character error rate where they are characters. Padding does not count. Targets are tokens
 * [batch, positions]; outputs are tokens [batch, positions] or scores [batch, positions, tokens].
 *
 * @example
 * const distance = new EditDistance();
 * distance.updateState(tensor([[5, 6, 7, 8]]), tensor([[5, 7, 8, 0]]));
 * await distance.value(); // 0.25: one of four is missing
 */
export class EditDistance extends Metric implements TokenRules {
  static readonly className = 'EditDistance';
  readonly className = EditDistance.className;
  readonly direction = 'down';
  readonly normalize: boolean;
  readonly paddingToken: number;
  readonly endToken: number | undefined;
  readonly #edits: Variable = this.addState('edits');
  readonly #tokens: Variable = this.addState('tokens');

  constructor({
    name = 'editDistance',
    normalize = true,
    paddingToken = 0,
    endToken,
  }: EditDistanceOptions = {}) {
    super(name);
    this.normalize = normalize;
    this.paddingToken = paddingToken;
    this.endToken = endToken;
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    if (yTrue.rank !== 2) {
      throw new ShapeError(
        'editDistance',
        `targets have shape [${yTrue.shape.join(', ')}]; expected tokens [batch, positions].`,
      );
    }
    const targets = packTokens(yTrue.cast('int32'), this, undefined);
    const outputs = outputTokens('editDistance', yPred, this);
    const edits = distances(targets, outputs);
    const weights = weightsOf(edits, edits, sampleWeight);
    const weigh = (values: Tensor): Tensor => sum(weights === undefined ? values : values.mul(weights));
    const units = this.normalize ? targets.lengths : onesLike(edits);
    this.#edits.assign(this.#edits.value.add(weigh(edits)));
    this.#tokens.assign(this.#tokens.value.add(weigh(units)));
  }

  override result(): Tensor {
    return divideOrZero(this.#edits.value, this.#tokens.value);
  }

  override getConfig(): JsonObject {
    return { ...tokensConfig(this.name, this), normalize: this.normalize };
  }

  static fromConfig(config: JsonObject): EditDistance {
    return new EditDistance(
      readMetricConfig(EditDistance.className, config, (reader) => ({
        ...readTokens(reader),
        normalize: reader.boolean('normalize', true),
      })),
    );
  }
}

/** Makes an `EditDistance`. */
export const editDistance = (options?: EditDistanceOptions): EditDistance => new EditDistance(options);
