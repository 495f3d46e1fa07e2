/**
 * Composites that know a batch axis, by name: the same composite over more rows, more images or a larger draw.
 *
 * They stand here and not with the composites, so that programs without `vmap` do not carry them.
 */
import { applyComposite, reshape } from '../../../graph/build';
import type { CompositeDefinition } from '../../../graph/composite';
import type { CompositeAttributes, Node } from '../../../graph/node';
import { range } from '../../../shape/shape';
import { forAll, type Operand, shifted } from '../operand';

interface Use {
  readonly definition: CompositeDefinition;
  readonly attributes: CompositeAttributes;
  readonly operands: readonly Operand[];
  /** The operands, all with a batch axis in front. */
  readonly all: readonly Node[];
  /** The composite for one example. */
  readonly node: Node;
  readonly size: number;
}

/** Undefined where this use has to be batched in another way. */
type WholeRule = (use: Use) => Node | undefined;

/** More leading axes change nothing. */
const leading: WholeRule = ({ definition, all, attributes }) => applyComposite(definition, all, attributes);

/** Along an axis, which is one further back. */
const alongAxis: WholeRule = ({ definition, all, attributes }) => {
  const { axis } = attributes;
  return typeof axis === 'number'
    ? applyComposite(definition, all, { ...attributes, axis: axis + 1 })
    : undefined;
};

/** Along several axes. */
const alongAxes: WholeRule = ({ definition, all, attributes }) => {
  const { axes } = attributes;
  return Array.isArray(axes)
    ? applyComposite(definition, all, { ...attributes, axes: shifted(axes) })
    : undefined;
};

/** Leading axes broadcast: the batch goes in front of the longest of them. */
const broadcasting: WholeRule = ({ definition, operands, attributes, node, size }) => {
  const inputs = operands.map((operand, index) => {
    // The first operand has the batch in any case, and with it the result.
    const batched = index === 0 ? forAll(operand, size) : operand.batched;
    if (batched === undefined) return operand.example;
    const { shape } = operand.example;
    return reshape(batched, [size, ...range(node.shape.length - shape.length).map(() => 1), ...shape]);
  });
  return applyComposite(definition, inputs, attributes);
};

/** The first axis counts images, which do not meet. */
const moreImages: WholeRule = ({ definition, all: [images], attributes, node, size }) => {
  if (images === undefined) return undefined;
  const [, count = 1, ...image] = images.shape;
  const folded = applyComposite(definition, [reshape(images, [size * count, ...image])], attributes);
  return reshape(folded, [size, ...node.shape]);
};

/** One draw that is as large as all examples need, or the draw of each example's own state. */
const largerDraw: WholeRule = ({ definition, operands: [state], node, size }) =>
  state === undefined || state.batched !== undefined
    ? undefined
    : applyComposite(definition, [state.example], { shape: [size, ...node.shape] });

export const WHOLE: Readonly<Record<string, WholeRule>> = {
  relu: leading,
  power: leading,
  sigmoidCrossEntropy: leading,
  softmaxCrossEntropy: leading,
  sparseSoftmaxCrossEntropy: leading,
  softmax: alongAxis,
  logSoftmax: alongAxis,
  maskedSoftmax: alongAxis,
  argsort: alongAxis,
  permuteAlong: alongAxis,
  frames: alongAxis,
  overlapAdd: alongAxis,
  cumSum: alongAxis,
  cumProd: alongAxis,
  cumMax: alongAxis,
  cumMin: alongAxis,
  logCumSumExp: alongAxis,
  standardize: alongAxes,
  rmsNormalize: alongAxes,
  attention: broadcasting,
  maxPool: moreImages,
  avgPool: moreImages,
  randomBits: largerDraw,
};
