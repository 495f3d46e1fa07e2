/**
 * Accumulators in WGSL: over the loop of one invocation, and over a workgroup that shares the loop.
 *
 * Floats have no wider type to accumulate in. Sums of many terms are so taken in blocks, whose sums are added: the error
 * grows with the length of a block and the number of blocks rather than with their product.
 */
import type { Accumulator } from '@hadal/core/backend';
import type { ScalarPrinter } from './scalar';

/** Terms of a block. A power of two. */
const BLOCK = 32;
/** The place of an extreme where there was no element. */
const NOWHERE = '0xffffffffu';

export interface LoopPosition {
  /** The variable with the row-major position within the loop. */
  readonly position: string;
  /** Whether there can be more terms than a block has. */
  readonly isLong: boolean;
}

const isPlace = ({ kind }: Accumulator): boolean => kind === 'argmax' || kind === 'argmin';

export class AccumulatorPrinter {
  /** Loops up to this length are summed in one block. */
  static readonly short = 2 * BLOCK;

  constructor(
    private readonly accumulators: readonly Accumulator[],
    private readonly scalars: ScalarPrinter,
    private readonly loop: LoopPosition,
  ) {}

  /** Declarations, before the loop. */
  before(): string[] {
    return this.accumulators.flatMap((accumulator) => {
      const { to, type } = accumulator;
      const start = `var a${to}: ${type} = ${this.#neutral(accumulator)};`;
      if (isPlace(accumulator)) return [start, `var p${to} = ${NOWHERE};`];
      return this.#isBlocked(accumulator) ? [start, `var block${to} = 0.0f;`] : [start];
    });
  }

  /** One iteration; `count` is how many this invocation has done. */
  step(count: string): string[] {
    const blocked = this.accumulators.filter((each) => this.#isBlocked(each));
    const closing = blocked.map(({ to }) => `  a${to} += block${to};\n  block${to} = 0.0f;`);
    const steps = this.accumulators.map((accumulator) => {
      const { kind, type, value, to } = accumulator;
      if (isPlace(accumulator)) {
        const better = this.#isBetter(accumulator, `r${value}`, `a${to}`);
        const isFirst = `p${to} == ${NOWHERE}`;
        return `if (${isFirst} || ${better}) {\n  a${to} = r${value};\n  p${to} = ${this.loop.position};\n}`;
      }
      if (this.#isBlocked(accumulator)) return `block${to} += r${value};`;
      return `a${to} = ${this.#combined(kind, type, `a${to}`, `r${value}`)};`;
    });
    if (closing.length === 0) return steps;
    return [...steps, `if ((${count}) % ${BLOCK}u == ${BLOCK - 1}u) {`, ...closing, '}'];
  }

  /** The last blocks, after the loop. */
  after(): string[] {
    return this.accumulators.flatMap((each) =>
      this.#isBlocked(each) ? [`a${each.to} += block${each.to};`] : [],
    );
  }

  /** The combination over a workgroup of so many invocations, a power of two. */
  combine(threads: number): string[] {
    return this.accumulators.flatMap((accumulator) => {
      const { kind, type, to } = accumulator;
      const values = `shared_${type}`;
      const [mine, other] = [`${values}[thread]`, `${values}[thread + half]`];
      const isArg = isPlace(accumulator);
      const fold = isArg
        ? [this.#foldPlaces(accumulator, mine, other)]
        : [`${mine} = ${this.#combined(kind, type, mine, other)};`];
      return [
        `${mine} = a${to};`,
        ...(isArg ? [`shared_place[thread] = p${to};`] : []),
        'workgroupBarrier();',
        `for (var half = ${threads / 2}u; half > 0u; half = half >> 1u) {`,
        '  if (thread < half) {',
        ...fold,
        '  }',
        '  workgroupBarrier();',
        '}',
        isArg
          ? `p${to} = workgroupUniformLoad(&shared_place[0]);`
          : `a${to} = workgroupUniformLoad(&${values}[0]);`,
      ];
    });
  }

  /** The registers that later stages read. */
  results(): string[] {
    return this.accumulators.map((accumulator) => {
      const { to } = accumulator;
      return isPlace(accumulator)
        ? `let r${to} = select(i32(p${to}), 0, p${to} == ${NOWHERE});`
        : `let r${to} = a${to};`;
    });
  }

  #isBlocked({ kind, type }: Accumulator): boolean {
    return kind === 'sum' && type === 'f32' && this.loop.isLong;
  }

  #neutral({ kind, type }: Accumulator): string {
    const isInteger = type === 'i32';
    switch (kind) {
      case 'sum':
        return `${type}(0)`;
      case 'prod':
        return `${type}(1)`;
      case 'max':
      case 'argmax':
        return this.scalars.number(isInteger ? -(2 ** 31) : Number.NEGATIVE_INFINITY, type);
      case 'min':
      case 'argmin':
        return this.scalars.number(isInteger ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY, type);
    }
  }

  #combined(kind: Accumulator['kind'], type: Accumulator['type'], a: string, b: string): string {
    switch (kind) {
      case 'sum':
        return `${a} + ${b}`;
      case 'prod':
        return `${a} * ${b}`;
      default:
        return type === 'i32' ? `${kind}(${a}, ${b})` : this.scalars.call(`float_${kind}`, a, b);
    }
  }

  /** Whether a value is to be preferred to the one held: more extreme, or the first NaN. */
  #isBetter({ kind, type }: Accumulator, value: string, held: string): string {
    const beyond = `${value} ${kind === 'argmax' ? '>' : '<'} ${held}`;
    if (type === 'i32') return beyond;
    const valueIsNaN = this.scalars.call('is_nan', value);
    const heldIsNaN = this.scalars.call('is_nan', held);
    return `(!${heldIsNaN} && (${valueIsNaN} || ${beyond}))`;
  }

  /** Takes the other half's place where its value is better, or as good and further in front. */
  #foldPlaces(accumulator: Accumulator, mine: string, other: string): string {
    const [place, otherPlace] = ['shared_place[thread]', 'shared_place[thread + half]'];
    const better = this.#isBetter(accumulator, other, mine);
    const worse = this.#isBetter(accumulator, mine, other);
    return [
      `let is_better = ${better};`,
      `let is_tied = !is_better && !(${worse});`,
      `if (${otherPlace} != ${NOWHERE} && (${place} == ${NOWHERE} || is_better || (is_tied && ${otherPlace} < ${place}))) {`,
      `  ${mine} = ${other};`,
      `  ${place} = ${otherPlace};`,
      '}',
    ].join('\n');
  }
}
