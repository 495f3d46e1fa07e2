/**
 * Sums of a right operand beside a product: one more product, whose only row is a 1 repeated along the inner axis. It reads
 * the operand where it lies. Loaded with the first call that has such sums.
 */
import { type Product, simplify } from '@hadal/core/products';

/** Products of which none has sums beside its result, and which give the sums as results of their own. */
export const withOnes = (products: readonly Product[]): Product[] =>
  products.flatMap((product) =>
    product.sums ? [{ ...product, sums: false }, timesOnes(product)] : [product],
  );

function timesOnes(product: Product): Product {
  const inner = product.inner
    .map((each) => ({ ...each, left: 0 }))
    .sort((a, b) => Math.abs(b.right) - Math.abs(a.right));
  return simplify({ ...product, left: 0, output: 0, row: 0, rows: [], inner });
}
