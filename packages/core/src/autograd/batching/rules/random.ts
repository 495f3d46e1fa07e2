/**
 * Where random numbers come from.
 */
import type { Node } from '../../../graph/node';

/** A draw of random bits: each example of a batch may get its own, and the same state gives the same again. */
export const isRandomSource = (node: Node): boolean =>
  node.op === 'composite' && node.attributes.definition.name === 'randomBits';
