/**
 * What the golden values of the family `activation` are compared with.
 */
import * as hadal from '@hadal/core';
import type { GoldenUse } from './family';
import { one, two } from './golden-use';

/** On ordinary arguments, and on special ones. */
const ordinaryAndSpecial = {
  relu6: hadal.relu6,
  hardSigmoid: hadal.hardSigmoid,
  hardSwish: hadal.hardSwish,
  selu: hadal.selu,
  logSigmoid: hadal.logSigmoid,
  tanhShrink: hadal.tanhShrink,
  mish: hadal.mish,
  softsign: hadal.softsign,
  sparsePlus: hadal.sparsePlus,
  sparseSigmoid: hadal.sparseSigmoid,
};

export const activationGoldens: Readonly<Record<string, GoldenUse>> = {
  ...Object.fromEntries(
    Object.entries(ordinaryAndSpecial).flatMap(([name, f]) => [
      [name, one(f)],
      [`${name} special`, one(f)],
    ]),
  ),
  hardTanh: one((x) => hadal.hardTanh(x)),
  'hardTanh bounds': one((x) => hadal.hardTanh(x, -0.5, 2)),
  hardShrink: one((x) => hadal.hardShrink(x)),
  'hardShrink bound': one((x) => hadal.hardShrink(x, 1)),
  softShrink: one((x) => hadal.softShrink(x)),
  'softShrink bound': one((x) => hadal.softShrink(x, 1)),
  celu: one((x) => hadal.celu(x)),
  'celu alpha': one((x) => hadal.celu(x, 0.4)),
  squareplus: one((x) => hadal.squareplus(x)),
  'squareplus corner': one((x) => hadal.squareplus(x, 0.5)),
  prelu: two(hadal.prelu),
  'prelu channels': two(hadal.prelu),
  glu: one((x) => hadal.glu(x)),
  'glu axis': one((x) => hadal.glu(x, 0)),
  sparsemax: one((x) => hadal.sparsemax(x)),
  'sparsemax axis': one((x) => hadal.sparsemax(x, 0)),
  meanSquaredError: two(hadal.meanSquaredError),
  'meanSquaredError vector': two(hadal.meanSquaredError),
  meanAbsoluteError: two(hadal.meanAbsoluteError),
  'meanAbsoluteError vector': two(hadal.meanAbsoluteError),
  huberLoss: two((p, t) => hadal.huberLoss(p, t)),
  'huberLoss delta': two((p, t) => hadal.huberLoss(p, t, 0.3)),
  smoothL1Loss: two((p, t) => hadal.smoothL1Loss(p, t)),
  'smoothL1Loss beta': two((p, t) => hadal.smoothL1Loss(p, t, 0.3)),
  logCoshLoss: two(hadal.logCoshLoss),
  'logCoshLoss extremes': two(hadal.logCoshLoss),
  hingeLoss: two(hadal.hingeLoss),
  'hingeLoss broadcast': two(hadal.hingeLoss),
  squaredHingeLoss: two(hadal.squaredHingeLoss),
  'squaredHingeLoss broadcast': two(hadal.squaredHingeLoss),
  poissonLoss: two((p, t) => hadal.poissonLoss(p, t)),
  'poissonLoss logarithms': two((p, t) => hadal.poissonLoss(p, t, { logInput: true })),
  klDivergence: two((p, q) => hadal.klDivergence(p, q)),
  'klDivergence axis': two((p, q) => hadal.klDivergence(p, q, 0)),
  cosineSimilarity: two((a, b) => hadal.cosineSimilarity(a, b)),
  'cosineSimilarity axis': two((a, b) => hadal.cosineSimilarity(a, b, 0)),
  sigmoidFocalCrossEntropy: two((x, t) => hadal.sigmoidFocalCrossEntropy(x, t)),
  'sigmoidFocalCrossEntropy parameters': two((x, t) =>
    hadal.sigmoidFocalCrossEntropy(x, t, { alpha: 0.7, gamma: 0.5 }),
  ),
};
