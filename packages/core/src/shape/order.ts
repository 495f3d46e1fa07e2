/** Orders of axes. */

/** The order that undoes `order`. */
export function inverseOrder(order: readonly number[]): number[] {
  const inverse = new Array<number>(order.length).fill(0);
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  return inverse;
}
