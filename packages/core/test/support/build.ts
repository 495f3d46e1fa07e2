/** Operations of the graph that have no function of their own. */

import type { UnaryOp } from '../../src/graph/index';
import { unary } from '../../src/graph/index';
import { Tensor } from '../../src/index';

export const build = {
  apply: (op: UnaryOp, x: Tensor): Tensor => new Tensor(unary(op, x.node)),
};
