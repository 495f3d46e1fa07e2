/** BLEU: how many runs of tokens of an output are in references. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import {
  abs,
  argMin,
  exp,
  greater,
  iota,
  less,
  log,
  logicalAnd,
  maximum,
  mean,
  min,
  minimum,
  oneHot,
  ShapeError,
  stack,
  sum,
  tensor,
  where,
} from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
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

export interface BleuOptions extends SequenceOptions {
  /** The longest runs that are looked at (default 4). */
  readonly maxOrder?: number;
  /** Counts one more run found of one more looked at, from runs of two on (Lin and Och 2004); for short texts (default false). */
  readonly smooth?: boolean;
}

/** How far an empty reference is from any output: it only fills up a batch whose outputs have more. */
const FAR_AWAY = 1e9;

/** Where two sequences have the same token, bool [rows, positions of a, positions of b]. */
function sameTokens(a: Tokens, b: Tokens): Tensor {
  const [rows = 0, first = 0] = a.ids.shape;
  const second = b.ids.shape[1] ?? 0;
  return a.ids.reshape([rows, first, 1]).equal(b.ids.reshape([rows, 1, second]));
}

/** Runs of the same tokens in two sequences, by the positions where they begin. */
class SameRuns {
  readonly #tokens: Tensor;
  #runs: Tensor;

  constructor(
    readonly a: Tokens,
    readonly b: Tokens,
  ) {
    this.#tokens = sameTokens(a, b);
    this.#runs = this.#tokens;
  }

  /** Runs one longer than those before; `order` is their length, and no longer than either sequence. */
  grow(order: number): void {
    const [rows = 0, first = 0, second = 0] = this.#tokens.shape;
    const ends = [rows, first, second];
    const begins = [rows, first - order + 1, second - order + 1];
    this.#runs = logicalAnd(
      this.#runs.slice([0, 0, 0], begins),
      this.#tokens.slice([0, order - 1, order - 1], ends),
    );
  }

  /** How often the run at each position of `a` is in `b`, [rows, positions]; only at earlier positions if so wanted. */
  counts(order: number, onlyEarlier: boolean): Tensor {
    const [, first = 0, second = 0] = this.#runs.shape;
    const exist = runsOf(this.b, order).reshape([-1, 1, second]);
    const which = logicalAnd(this.#runs, exist);
    const earlier = (): Tensor => greater(iota(first).reshape([first, 1]), iota(second));
    return sum((onlyEarlier ? logicalAnd(which, earlier()) : which).cast('float32'), -1);
  }
}

/** At which positions a run of `order` tokens lies within a sequence, bool [rows, positions]. */
function runsOf({ ids, exist }: Tokens, order: number): Tensor {
  const [rows = 0, positions = 0] = ids.shape;
  return exist.slice([0, order - 1], [rows, positions]);
}

/**
 * How many runs of each order are in a reference, [rows] each. Of equal runs, as many count as the reference has that has
 * most: the one at a position does when there are fewer before it.
 */
function matchesOf(output: Tokens, references: readonly Tokens[], maxOrder: number): readonly Tensor[] {
  const own = new SameRuns(output, output);
  const others = references.map((reference) => new SameRuns(output, reference));
  const none = output.lengths.mul(0);
  return Array.from({ length: maxOrder }, (_, index) => {
    const order = index + 1;
    const fits = ({ ids }: Tokens): boolean => order <= (ids.shape[1] ?? 0);
    if (!fits(output)) return none;
    if (order > 1) own.grow(order);
    const inReferences = others
      .filter(({ b }) => fits(b))
      .map((runs) => {
        if (order > 1) runs.grow(order);
        return runs.counts(order, false);
      });
    const [first, ...rest] = inReferences;
    if (first === undefined) return none;
    const most = rest.reduce((a, b) => maximum(a, b), first);
    const isFound = less(own.counts(order, true), most);
    return sum(logicalAnd(isFound, runsOf(output, order)).cast('float32'), -1);
  });
}

/** The length of the reference whose length is nearest, of equally near ones the shorter; [rows]. */
function nearestLength(lengths: Tensor, references: readonly Tokens[]): Tensor {
  const each = stack(
    references.map((reference) => reference.lengths),
    -1,
  );
  const beyond = each.sub(lengths.reshape([-1, 1]));
  // Half a token more for a longer one breaks ties.
  const distance = abs(beyond).add(greater(beyond, 0).cast('float32').mul(0.5));
  const nearest = argMin(where(each.equal(0), FAR_AWAY, distance), -1);
  return sum(each.mul(oneHot(nearest, references.length)), -1);
}

/**
 * The geometric mean of the parts of runs of 1 to `maxOrder` tokens that are in a reference, each counted at most as often
 * as there, times a penalty for outputs shorter than their nearest references. Counts are of all that was seen, not means of
 * sentences. From 0 to 1. Source: Papineni et al. (2002).
 *
 * Targets are tokens [batch, positions], or [batch, references, positions]; outputs are tokens [batch, positions] or scores
 * [batch, positions, tokens]. Padding does not count.
 *
 * @example
 * const bleu = new Bleu({ maxOrder: 2 });
 * bleu.updateState(tensor([[1, 2, 3, 4]]), tensor([[1, 2, 3, 5]]));
 * await bleu.value(); // 0.7071: 3 of 4 tokens, 2 of 3 pairs
 */
export class Bleu extends Metric implements TokenRules {
  static readonly className = 'Bleu';
  readonly className = Bleu.className;
  readonly direction = 'up';
  readonly maxOrder: number;
  readonly smooth: boolean;
  readonly paddingToken: number;
  readonly endToken: number | undefined;
  readonly #matches: Variable;
  readonly #possible: Variable;
  readonly #outputLength: Variable;
  readonly #referenceLength: Variable;

  constructor({ name = 'bleu', maxOrder = 4, smooth = false, paddingToken = 0, endToken }: BleuOptions = {}) {
    super(name);
    this.maxOrder = requirePositiveInteger('bleu', 'maxOrder', maxOrder);
    this.smooth = smooth;
    this.paddingToken = paddingToken;
    this.endToken = endToken;
    this.#matches = this.addState('matches', [maxOrder]);
    this.#possible = this.addState('possible', [maxOrder]);
    this.#outputLength = this.addState('outputLength');
    this.#referenceLength = this.addState('referenceLength');
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const output = outputTokens('bleu', yPred, this);
    const references = this.#references(yTrue);
    const { lengths } = output;
    const weights = weightsOf(lengths, lengths, sampleWeight);
    const weigh = (values: Tensor): Tensor => sum(weights === undefined ? values : values.mul(weights));
    const add = (state: Variable, values: Tensor): void => {
      state.assign(state.value.add(values));
    };
    const possible = Array.from({ length: this.maxOrder }, (_, less) => maximum(lengths.sub(less), 0));
    add(this.#matches, stack(matchesOf(output, references, this.maxOrder).map(weigh)));
    add(this.#possible, stack(possible.map(weigh)));
    add(this.#outputLength, weigh(lengths));
    add(this.#referenceLength, weigh(nearestLength(lengths, references)));
  }

  #references(yTrue: Tensor): readonly Tokens[] {
    const [rows = 0, count = 1] = yTrue.shape;
    const ids = yTrue.cast('int32');
    if (yTrue.rank === 2) return [packTokens(ids, this, undefined)];
    if (yTrue.rank !== 3) {
      throw new ShapeError(
        'bleu',
        `targets have shape [${yTrue.shape.join(', ')}]; expected tokens [batch, positions] or [batch, references, positions].`,
      );
    }
    const positions = yTrue.shape[2] ?? 0;
    return Array.from({ length: count }, (_, index) =>
      packTokens(
        ids.slice([0, index, 0], [rows, index + 1, positions]).reshape([rows, positions]),
        this,
        undefined,
      ),
    );
  }

  override result(): Tensor {
    const more = Array.from({ length: this.maxOrder }, (_, index) => Number(this.smooth && index > 0));
    const extra = tensor(more);
    const found = divideOrZero(this.#matches.value.add(extra), this.#possible.value.add(extra));
    const isAny = greater(min(found), 0);
    const geometric = exp(mean(log(where(isAny, found, 1))));
    const ratio = divideOrZero(this.#referenceLength.value, this.#outputLength.value);
    const penalty = exp(minimum(ratio.neg().add(1), 0));
    return where(isAny, geometric.mul(penalty), 0);
  }

  override getConfig(): JsonObject {
    const { maxOrder, smooth } = this;
    return { ...tokensConfig(this.name, this), maxOrder, smooth };
  }

  static fromConfig(config: JsonObject): Bleu {
    return new Bleu(
      readMetricConfig(Bleu.className, config, (reader) => ({
        ...readTokens(reader),
        maxOrder: reader.integer('maxOrder', 4),
        smooth: reader.boolean('smooth', false),
      })),
    );
  }
}

/** Makes a `Bleu`. */
export const bleu = (options?: BleuOptions): Bleu => new Bleu(options);
