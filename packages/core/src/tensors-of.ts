/** The tensors of a structure. */
import { mapLeaves } from './structure';
import { Tensor } from './tensor';

export function tensorsOf(structure: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapLeaves<unknown>(structure, (leaf) => {
    if (leaf instanceof Tensor) found.push(leaf);
    return leaf;
  });
  return found;
}
