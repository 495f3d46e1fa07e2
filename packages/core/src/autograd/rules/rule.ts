/**
 * What gradient rules have in common.
 */
import type { Node } from '../../graph/node';

/**
 * Differentiates through other nodes: the gradients that the cotangent `g` of `output` gives to `sources`, which count
 * as independent. Rules use it where an operation is best differentiated as a composition of simpler ones.
 */
export type Pullback = (output: Node, g: Node, sources: readonly Node[]) => readonly (Node | undefined)[];
