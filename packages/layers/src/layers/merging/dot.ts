/** Products of two inputs, sample by sample. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, AxisError, l2Normalize, matmul, moveAxis, ShapeError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, readAxes, readLayerOptions } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import { SeveralInputs } from './merge';

export interface DotOptions extends LayerOptions {
  /** Scales vectors to length 1 first, which gives cosines (default false). */
  readonly normalize?: boolean;
}

/**
 * Sums products of two tensors over an axis of each, sample by sample: with axes [2, 1], [batch, a, n] and [batch, n, b]
 * give [batch, a, b]; vectors [batch, n] give [batch, 1].
 *
 * @example
 * dot(1, { normalize: true }).apply([tensor([[3, 4]]), tensor([[6, 8]])]); // [[1]]: the cosine
 */
export class Dot extends SeveralInputs {
  static readonly className = 'Dot';
  readonly className = Dot.className;
  readonly axes: number | readonly number[];
  readonly normalize: boolean;

  /** @param axes the axis that is summed over, or that of the first input and that of the second */
  constructor(axes: number | readonly number[], options: DotOptions = {}) {
    super(options);
    if (typeof axes !== 'number' && axes.length !== 2) {
      throw new ArgumentError('Dot', `axes is [${axes}]; expected one number or two.`);
    }
    this.axes = axes;
    this.normalize = options.normalize ?? false;
  }

  /** A product of samples has no steps any more that could be masked. */
  override computeMask(): readonly undefined[] {
    return [undefined];
  }

  override build(inputShape: readonly LayerShape[]): void {
    this.computeOutputShape(inputShape);
  }

  /** The summed axis of each input, counted from the front. */
  #axesFor(shapes: readonly LayerShape[]): readonly [number, number] {
    const [first, second, ...more] = shapes;
    if (first === undefined || second === undefined || more.length > 0) {
      throw new ArgumentError('Dot', `got ${shapes.length} inputs; expected two.`);
    }
    const [a = 0, b = a] = typeof this.axes === 'number' ? [this.axes] : this.axes;
    const axes = [a < 0 ? a + first.length : a, b < 0 ? b + second.length : b] as const;
    const fits = axes[0] >= 1 && axes[0] < first.length && axes[1] >= 1 && axes[1] < second.length;
    if (fits) return axes;
    throw new AxisError(
      'Dot',
      `axes [${a}, ${b}] do not fit inputs of shapes ${shapes.map(formatLayerShape).join(', ')}.`,
      'Axis 0 is that of the batch and cannot be summed over.',
    );
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const [a, b] = this.#axesFor(inputs.map(({ shape }) => shape));
    const [left, right] = [rowsOf(inputs[0]!, a, this.normalize), rowsOf(inputs[1]!, b, this.normalize)];
    const product = matmul(left, right, { transposeB: true });
    return product.reshape(
      this.computeOutputShape(inputs.map(({ shape }) => shape)).map((extent) => extent ?? -1),
    );
  }

  override computeOutputShape(inputShape: readonly LayerShape[]): LayerShape {
    const [a, b] = this.#axesFor(inputShape);
    const [first = [], second = []] = inputShape;
    const [left, right] = [first[a] ?? null, second[b] ?? null];
    if (left !== null && right !== null && left !== right) {
      throw new ShapeError(
        'Dot',
        `axis ${a} of ${formatLayerShape(first)} has extent ${left}, axis ${b} of ${formatLayerShape(second)} ${right}.`,
        'The axes that are summed over have the same extent.',
      );
    }
    const rest = [
      ...first.filter((_, axis) => axis !== a),
      ...second.filter((_, axis) => axis !== b && axis > 0),
    ];
    return rest.length === 1 ? [...rest, 1] : rest;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize };
  }

  static fromConfig(config: JsonObject): Dot {
    return fromEntries(
      Dot.className,
      config,
      (reader) =>
        new Dot(readAxes(reader, 'axes'), {
          ...readLayerOptions(reader),
          normalize: reader.boolean('normalize', false),
        }),
    );
  }
}

/** [batch, …] as [batch, rows, summed]. */
function rowsOf(x: Tensor, axis: number, normalize: boolean): Tensor {
  const last = moveAxis(normalize ? l2Normalize(x, axis) : x, axis, -1);
  const rows = last.shape.slice(1, -1).reduce((product, extent) => product * extent, 1);
  return last.reshape([last.shape[0] ?? 1, rows, last.shape.at(-1) ?? 1]);
}

/** Makes a {@link Dot} layer. */
export const dot = (axes: number | readonly number[], options?: DotOptions): Dot => new Dot(axes, options);
