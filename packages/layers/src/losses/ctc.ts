/**
 * Connectionist temporal classification: the likelihood of a short sequence of labels given scores for every step of a
 * long one, summed over all ways to align them. Source: Graves et al. (2006).
 *
 * A label may last several steps, and steps between labels may be blank. The forward recursion runs over the sequence
 * blank, label, blank, label, …, blank in logarithms, as a scan over steps.
 */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import {
  concat,
  exp,
  full,
  greater,
  iota,
  less,
  log,
  logicalAnd,
  logSoftmax,
  maximum,
  notEqual,
  permute,
  ShapeError,
  scan,
  stack,
  stopGradient,
  sum,
  takeAlongAxis,
  where,
} from '@hadal/core';
import { maskOf } from '../layer/mask';
import type { LayerShape } from '../layer/shape';
import { checkLabelsOf } from './class-labels';
import { Loss, type LossOptions } from './loss';
import { readLossConfig } from './options';

/** The logarithm of what cannot be: far below any likelihood, and finite, so that differences are defined. */
const IMPOSSIBLE = -1e30;

/** Losses above this are those of labels that no alignment can give. */
const GREATEST_LOSS = 1e29;

export interface CTCLossOptions {
  /** [batch], how many labels of each row count (default: those that are not blank). */
  readonly labelLengths?: Tensor;
  /** [batch], how many steps of each row count (default: all). */
  readonly logitLengths?: Tensor;
  /** The class that means "no label" (default 0). */
  readonly blank?: number;
}

/** log Σ e^x over tensors, element by element. */
function logAddAll(...terms: [Tensor, ...Tensor[]]): Tensor {
  const [first, ...rest] = terms;
  const greatest = stopGradient(rest.reduce((most, term) => maximum(most, term), first));
  const total = terms.map((term) => exp(term.sub(greatest))).reduce((all, term) => all.add(term));
  return log(total).add(greatest);
}

/** States moved `by` places to later ones; none comes to the first. */
function moved(states: Tensor, by: number): Tensor {
  const [batch = 0, count = 0] = states.shape;
  const none = full([batch, Math.min(by, count)], IMPOSSIBLE);
  return count <= by ? none : concat([none, states.slice([0, 0], [batch, count - by])], 1);
}

/** blank, label, blank, label, …, blank. */
function withBlanks(labels: Tensor, blank: number): Tensor {
  const [batch = 0, count = 0] = labels.shape;
  const blanks = full([batch, count], blank, { dtype: 'int32' });
  const pairs = stack([blanks, labels], 2).reshape([batch, 2 * count]);
  return concat([pairs, full([batch, 1], blank, { dtype: 'int32' })], 1);
}

/**
 * −log of the likelihood of labels: infinite, with gradient 0, where the steps are too few for them.
 *
 * @param labels [batch, labels], whole numbers, rows filled up with `blank`
 * @param logits [batch, steps, classes], before softmax
 * @returns [batch], float32
 * @throws {ShapeError} when the shapes are others
 * @example
 * const labels = tensor([[1]], { dtype: 'int32' });
 * await ctcLoss(labels, zeros([1, 2, 2])).data(); // Float32Array [0.2877]: 3 of 4 paths give the label
 */
export function ctcLoss(
  labels: Tensor,
  logits: Tensor,
  { labelLengths, logitLengths, blank = 0 }: CTCLossOptions = {},
): Tensor {
  const [batch = 0, steps = 0] = logits.shape;
  if (labels.rank !== 2 || logits.rank !== 3 || labels.shape[0] !== batch) {
    throw new ShapeError(
      'ctcLoss',
      `labels have shape [${labels.shape}], logits have shape [${logits.shape}].`,
      'Expected [batch, labels] and [batch, steps, classes].',
    );
  }
  const classes = withBlanks(labels.cast('int32'), blank);
  const states = classes.shape[1] ?? 1;
  const lengths = labelLengths ?? sum(notEqual(labels, blank).cast('int32'), 1);
  // A blank between two labels may be left out where they differ.
  const before =
    states < 3
      ? classes
      : concat([classes.slice([0, 0], [batch, 2]), classes.slice([0, 0], [batch, states - 2])], 1);
  const maySkip = logicalAnd(notEqual(classes, blank), notEqual(classes, before));
  const logs = logSoftmax(logits.cast('float32'), -1);
  const scores = permute(takeAlongAxis(logs, classes.reshape([batch, 1, states]), -1), [1, 0, 2]);
  const isStep =
    logitLengths === undefined
      ? undefined
      : less(iota(steps).reshape([steps, 1, 1]), logitLengths.cast('int32').reshape([1, batch, 1]));

  const advance = (alpha: Tensor, score: Tensor): Tensor =>
    logAddAll(alpha, moved(alpha, 1), where(maySkip, moved(alpha, 2), IMPOSSIBLE)).add(score);
  // Before the first step all likelihood is at the first blank, from which it may go on to the first label.
  const start = concat([full([batch, 1], 0), full([batch, states - 1], IMPOSSIBLE)], 1);
  const [end] =
    isStep === undefined
      ? scan((alpha: Tensor, score: Tensor) => [advance(alpha, score), undefined] as const, start, scores)
      : scan(
          (alpha: Tensor, { score, counts }: { readonly score: Tensor; readonly counts: Tensor }) =>
            [where(counts, advance(alpha, score), alpha), undefined] as const,
          start,
          { score: scores, counts: isStep },
        );

  const last = lengths.cast('int32').reshape([batch, 1]).mul(2);
  const atBlank = takeAlongAxis(end, last, 1);
  const atLabel = where(greater(last, 0), takeAlongAxis(end, maximum(last.sub(1), 0), 1), IMPOSSIBLE);
  const losses = logAddAll(atBlank, atLabel).neg().reshape([batch]);
  return where(greater(losses, GREATEST_LOSS), Number.POSITIVE_INFINITY, losses);
}

/**
 * Connectionist temporal classification. Targets [batch, labels] are class numbers from 1, filled up with 0, which is the
 * blank; outputs [batch, steps, classes] are logits. Where the outputs have a mask, only the steps that it shows count.
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'ctc' });
 */
export class CTC extends Loss {
  static readonly className = 'CTC';
  readonly className = CTC.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const mask = maskOf(yPred);
    return ctcLoss(yTrue, yPred, {
      logitLengths: mask === undefined ? undefined : sum(mask.cast('int32'), 1),
    });
  }

  override checkTargets(targets: HostArray, outputShape: LayerShape): void {
    checkLabelsOf('ctc', targets, outputShape);
  }

  static fromConfig(config: JsonObject): CTC {
    return new CTC(readLossConfig(CTC.className, config));
  }
}

/** Makes a `CTC` loss. */
export const ctc = (options?: LossOptions): CTC => new CTC(options);
