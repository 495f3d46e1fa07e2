/**
 * Builds the straight-line code of a kernel: registers, value numbering, and the place where each value is computed.
 *
 * Places are numbered by reduction level. `outer` code of level n runs once per grid point after the n-th reducing loop,
 * `loop` code runs inside the loop of its level. A value goes to the earliest place where its operands are known, so
 * whatever does not depend on a loop is computed outside of it.
 */
import type { Caps } from '../backend/interface';
import type { Register } from '../dtype';
import type { Accumulator, Instruction, ScalarOp } from '../kernel/form';
import type { Index, Term } from './index-expression';
import type { Condition } from './placed-reads';
import { decomposed, type ScalarCode } from './scalar-code';

/** An address whose offset is still a plain number; `finish` turns it into an argument. */
export interface SymbolicAddress {
  readonly offset: number;
  readonly strides: ReadonlyMap<number, number>;
  readonly index: number | undefined;
}

/** Code under construction of one place. */
export interface Section {
  readonly body: PendingInstruction[];
  readonly accumulators: Accumulator[];
  readonly stores: { readonly buffer: number; readonly address: SymbolicAddress; readonly value: number }[];
}

export type PendingInstruction =
  | Exclude<Instruction, { readonly op: 'load' }>
  | {
      readonly op: 'load';
      readonly to: number;
      readonly type: Register;
      readonly buffer: number;
      readonly address: SymbolicAddress;
      readonly guard: number | undefined;
    };

interface Place {
  readonly kind: 'outer' | 'loop';
  readonly level: number;
}

const newSection = (): Section => ({ body: [], accumulators: [], stores: [] });

export class KernelBuilder implements ScalarCode {
  readonly outer: Section[] = [newSection()];
  readonly loops: Section[] = [newSection()];
  readonly scalars: { readonly type: Register; readonly value: number }[] = [];
  readonly integers: number[] = [];
  /** Axes whose index appears in the code by itself, so that they cannot be merged with their neighbours. */
  readonly indexedAxes = new Set<number>();
  readonly #caps: Caps;
  readonly #gridAxes: number;
  readonly #types: Register[] = [];
  readonly #places: Place[] = [];
  readonly #numbered = new Map<string, number>();
  /** The loop being built: where values that depend on its axes go. */
  level = 0;

  constructor(caps: Caps, gridAxes: number) {
    this.#caps = caps;
    this.#gridAxes = gridAxes;
  }

  typeOf(register: number): Register {
    return this.#types[register] ?? 'i32';
  }

  /** A number that is part of the code. */
  constant(value: number, type: Register): number {
    const key = `c${type}${Object.is(value, -0) ? '-0' : value}`;
    return this.#emit(key, [], type, (to) => ({ op: 'constant', to, type, value }));
  }

  /** A number given at each run. Equal numbers share one argument, as the signature of the graph says they are equal. */
  scalar(value: number, type: Register): number {
    const known = this.scalars.findIndex((scalar) => Object.is(scalar.value, value) && scalar.type === type);
    const index = known >= 0 ? known : this.scalars.push({ value, type }) - 1;
    return this.#emit(`s${index}`, [], type, (to) => ({ op: 'scalar', to, type, index }));
  }

  /** An integer given at each run. */
  integer(value: number): number {
    const argument = this.#integerArgument(value);
    return this.#emit(`n${argument}`, [], 'i32', (to) => ({ op: 'integer', to, type: 'i32', argument }));
  }

  /** A required or optional scalar operation; what the backend lacks is written with what it has. */
  scalarOp(op: ScalarOp, operands: readonly number[], type: Register, from: Register = type): number {
    const written = decomposed(this.#caps, this, op, operands, from);
    if (written !== undefined) return written;
    const key = `${op}${type}${from}(${operands.join()})`;
    return this.#emit(key, operands, type, (to) => ({ op, to, type, from, operands }));
  }

  /** The register with the value of an index. */
  index(index: Index): number {
    let sum: number | undefined;
    for (const term of index.terms) {
      const value = this.#term(term);
      sum = sum === undefined ? value : this.scalarOp('add', [sum, value], 'i32');
    }
    if (sum === undefined) return this.constant(index.offset, 'i32');
    return index.offset === 0 ? sum : this.scalarOp('add', [sum, this.constant(index.offset, 'i32')], 'i32');
  }

  /** Whether all conditions hold: an i32 register, or undefined when nothing has to be checked. */
  guard(
    conditions: readonly Condition[],
    outer: number | undefined,
    liftBounds: boolean,
  ): number | undefined {
    let guard = outer;
    const also = (condition: number): void => {
      guard = guard === undefined ? condition : this.scalarOp('and', [guard, condition], 'i32');
    };
    for (const { index, below } of conditions) {
      const value = this.index(index);
      if (below === 1) {
        also(this.scalarOp('eq', [value, this.constant(0, 'i32')], 'i32'));
        continue;
      }
      if (index.least < 0) also(this.scalarOp('lt', [this.constant(-1, 'i32'), value], 'i32'));
      if (index.most >= below) {
        const bound = liftBounds ? this.integer(below) : this.constant(below, 'i32');
        also(this.scalarOp('lt', [value, bound], 'i32'));
      }
    }
    return guard;
  }

  /** Reads the element at `index` of a buffer. `dynamic` is a register added to it. */
  load(buffer: number, type: Register, index: Index, guard: number | undefined, dynamic?: number): number {
    const address = this.address(index, dynamic);
    const strides = [...address.strides].map(([axis, stride]) => `${axis}:${stride}`);
    const key = `l${buffer}@${address.offset},${strides.join()},${address.index}?${guard}`;
    const operands = [address.index, guard].filter((register) => register !== undefined);
    const axes = [...address.strides.keys()];
    return this.#emit(key, operands, type, (to) => ({ op: 'load', to, type, buffer, address, guard }), axes);
  }

  /** Splits an index into plain axes and what has to be computed. */
  address(index: Index, dynamic?: number): SymbolicAddress {
    const strides = new Map<number, number>();
    const computed: Term[] = [];
    for (const term of index.terms) {
      if (term.atom.kind === 'axis') strides.set(term.atom.axis, term.coefficient);
      else computed.push(term);
    }
    let rest = dynamic;
    for (const term of computed) {
      const value = this.#term(term);
      rest = rest === undefined ? value : this.scalarOp('add', [rest, value], 'i32');
    }
    return { offset: index.offset, strides, index: rest };
  }

  /** Combines `value` over the loop of this level; the result is known to outer code from this level on. */
  accumulate(kind: Accumulator['kind'], value: number): number {
    const type = this.typeOf(value);
    const key = `acc${this.level}${kind}(${value})`;
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    const resultType = kind === 'argmax' || kind === 'argmin' ? 'i32' : type;
    const to = this.#register(resultType, { kind: 'outer', level: this.level });
    this.#numbered.set(key, to);
    this.section({ kind: 'loop', level: this.level }).accumulators.push({ kind, type, value, to });
    return to;
  }

  /** Stores in the loop of this level. */
  storeInLoop(buffer: number, index: Index, value: number): void {
    const address = this.address(index);
    this.section({ kind: 'loop', level: this.level }).stores.push({ buffer, address, value });
  }

  /** Stores once per grid point, as soon as the value is known. */
  storeOuter(buffer: number, index: Index, value: number): void {
    const address = this.address(index);
    const place = this.#places[value];
    this.section({ kind: 'outer', level: place?.level ?? 0 }).stores.push({ buffer, address, value });
  }

  section({ kind, level }: Place): Section {
    while (this.outer.length <= level) {
      this.outer.push(newSection());
      this.loops.push(newSection());
    }
    const section = (kind === 'outer' ? this.outer : this.loops)[level];
    if (section === undefined) throw new Error(`no section of level ${level}`);
    return section;
  }

  #integerArgument(value: number): number {
    const known = this.integers.indexOf(value);
    return known >= 0 ? known : this.integers.push(value) - 1;
  }

  #term({ atom, coefficient }: Term): number {
    const value = this.#atom(atom);
    return coefficient === 1
      ? value
      : this.scalarOp('mul', [value, this.constant(coefficient, 'i32')], 'i32');
  }

  #atom(atom: Term['atom']): number {
    if (atom.kind === 'axis') {
      this.indexedAxes.add(atom.axis);
      const { axis } = atom;
      const key = `x${axis}${this.#isLoopAxis(axis) ? `@${this.level}` : ''}`;
      return this.#emit(key, [], 'i32', (to) => ({ op: 'axis', to, type: 'i32', axis }), [axis]);
    }
    const of = this.index(atom.of);
    // For powers of two a shift and a mask round down as division does, and are much faster.
    const shift = Math.log2(atom.by);
    if (Number.isInteger(shift)) {
      return atom.kind === 'quotient'
        ? this.scalarOp('shr', [of, this.constant(shift, 'i32')], 'i32')
        : this.scalarOp('and', [of, this.constant(atom.by - 1, 'i32')], 'i32');
    }
    const op = atom.kind === 'quotient' ? 'idiv' : 'mod';
    return this.scalarOp(op, [of, this.constant(atom.by, 'i32')], 'i32');
  }

  #isLoopAxis(axis: number): boolean {
    return axis >= this.#gridAxes;
  }

  #emit(
    key: string,
    operands: readonly number[],
    type: Register,
    make: (to: number) => PendingInstruction,
    axes: readonly number[] = [],
  ): number {
    const place = this.#placeOf(operands, axes);
    const numbered = place.kind === 'loop' ? `${key}@${place.level}` : key;
    const known = this.#numbered.get(numbered);
    if (known !== undefined) return known;
    const to = this.#register(type, place);
    this.#numbered.set(numbered, to);
    this.section(place).body.push(make(to));
    return to;
  }

  #placeOf(operands: readonly number[], axes: readonly number[]): Place {
    let level = 0;
    let inLoop = axes.some((axis) => this.#isLoopAxis(axis));
    for (const operand of operands) {
      const place = this.#places[operand];
      if (place === undefined) continue;
      if (place.kind === 'loop') inLoop = true;
      else level = Math.max(level, place.level);
    }
    return inLoop ? { kind: 'loop', level: this.level } : { kind: 'outer', level };
  }

  #register(type: Register, place: Place): number {
    this.#places.push(place);
    return this.#types.push(type) - 1;
  }
}
