/** How scatters and scans put two values together: the scalar operations of loop kernels, on registers 0 and 1. */
import { ScalarPrinter } from '../../printer/scalar';

const COMBININGS = ['set', 'add', 'mul', 'max', 'min'] as const;
export type Combining = (typeof COMBININGS)[number];

export const isCombining = (name: unknown): name is Combining => COMBININGS.some((each) => each === name);

/** The value of `r0` and `r1` together, and the functions that it calls. */
export function combiner(
  combine: Combining,
  type: 'f32' | 'i32',
): { readonly expression: string; readonly used: Iterable<string> } {
  if (combine === 'set') return { expression: 'r1', used: [] };
  const printer = new ScalarPrinter();
  const expression = printer.print({ op: combine, to: 2, type, from: type, operands: [0, 1] });
  return { expression, used: printer.used };
}
