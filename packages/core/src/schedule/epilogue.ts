/**
 * Epilogues: element-wise work on a library result, written as the straight-line program that the library runs on the
 * result before it is stored.
 */
import type { Caps } from '../backend/interface';
import type { ConstantInstruction, Epilogue, EpilogueLimits, SideInputKind } from '../backend/library';
import { bytesPerStorage, type Register, registerOf, type Storage } from '../dtype';
import { isElementwise, isMovement } from '../graph/kinds';
import type { Node } from '../graph/node';
import type { ScalarInstruction, ScalarOp } from '../kernel/form';
import { lowerElementwise } from '../lower/elementwise';
import { axisIndex, type Index, shiftIndex, zeroIndex } from '../lower/index-expression';
import type { Location, Surroundings } from '../lower/kernel-spec';
import { flatIndex, reshapeIndex, sourceIndex } from '../lower/movement';
import { decomposed } from '../lower/scalar-code';

export interface BoundEpilogue {
  readonly epilogue: Epilogue;
  /** Where each side input begins. */
  readonly sideInputs: readonly Location[];
  /** Slot numbers of the epilogue's scalars. */
  readonly scalars: readonly number[];
}

/** Thrown when a chain cannot be an epilogue; the scheduler then stores the plain result. */
class NoEpilogue extends Error {}

/**
 * Writes `result`, a chain of element-wise nodes over the library node `product`, as an epilogue.
 *
 * @returns undefined when it does not fit the library's limits
 */
export function lowerEpilogue(
  product: Node,
  result: Node,
  limits: EpilogueLimits,
  surroundings: Surroundings,
  caps: Caps,
  storage: Storage,
): BoundEpilogue | undefined {
  try {
    return new EpilogueLowering(product, limits, surroundings, caps).run(result, storage);
  } catch (error) {
    if (error instanceof NoEpilogue) return undefined;
    throw error;
  }
}

/** Registers are numbered in three ranges while the program grows; `run` moves them into one. */
type Draft = ScalarInstruction | ConstantInstruction;

class EpilogueLowering {
  readonly #product: Node;
  readonly #limits: EpilogueLimits;
  readonly #surroundings: Surroundings;
  readonly #caps: Caps;
  readonly #axes: readonly Index[];
  readonly #sides: { readonly kind: SideInputKind; readonly type: Register; readonly location: Location }[] =
    [];
  readonly #scalars: { readonly type: Register; readonly slot: number }[] = [];
  readonly #drafts: Draft[] = [];
  readonly #types: Register[] = [];
  readonly #meaning: ({ readonly side: number } | { readonly scalar: number } | undefined)[] = [];
  readonly #numbered = new Map<string, number>();

  constructor(product: Node, limits: EpilogueLimits, surroundings: Surroundings, caps: Caps) {
    this.#product = product;
    this.#limits = limits;
    this.#surroundings = surroundings;
    this.#caps = caps;
    // Along an axis of one element everything is read at the same place, whatever its strides.
    this.#axes = product.shape.map((extent, axis) => (extent === 1 ? zeroIndex : axisIndex(axis, extent)));
    this.#register(registerOf(product.dtype));
  }

  run(result: Node, storage: Storage): BoundEpilogue {
    const indices = reshapeIndex(this.#axes, this.#product.shape, result.shape);
    const value = this.#value(result, indices);
    const finals = this.#finalNumbers();
    const final = (register: number): number => finals[register] ?? 0;
    const body = this.#drafts.map((draft) =>
      draft.op === 'constant'
        ? { ...draft, to: final(draft.to) }
        : { ...draft, to: final(draft.to), operands: draft.operands.map(final) },
    );
    return {
      epilogue: {
        sideInputs: this.#sides.map(({ kind, type, location }) => ({
          kind,
          type,
          storage: location.storage,
        })),
        scalars: this.#scalars.map(({ type }) => type),
        body,
        outputs: [{ register: final(value), storage }],
      },
      sideInputs: this.#sides.map(({ location }) => location),
      scalars: this.#scalars.map(({ slot }) => slot),
    };
  }

  constant(value: number, type: Register): number {
    const key = `c${type}${Object.is(value, -0) ? '-0' : value}`;
    return this.#emit(key, type, (to) => ({ op: 'constant', to, type, value }));
  }

  scalarOp(op: ScalarOp, operands: readonly number[], type: Register, from: Register = type): number {
    const written = decomposed(this.#caps, this, op, operands, from);
    if (written !== undefined) return written;
    const key = `${op}${type}${from}(${operands.join()})`;
    return this.#emit(key, type, (to) => ({ op, to, type, from, operands }));
  }

  #value(node: Node, indices: readonly Index[]): number {
    if (node === this.#product) {
      const isOwn = indices.every((index, axis) => index.key === this.#axes[axis]?.key || index.most === 0);
      if (!isOwn) throw new NoEpilogue();
      return 0;
    }
    const location = this.#surroundings.locate(node);
    if (location !== undefined) return this.#sideInput(node, indices, location);
    const [first] = node.inputs;
    if (isMovement(node) && first !== undefined) return this.#value(first, sourceIndex(node, indices));
    if (node.op === 'scalar') {
      const { value, slot } = node.attributes;
      return slot
        ? this.#scalar(value, registerOf(node.dtype))
        : this.constant(value, registerOf(node.dtype));
    }
    if (!isElementwise(node)) throw new NoEpilogue();
    return lowerElementwise(
      this,
      node,
      node.inputs.map((input) => this.#value(input, indices)),
    );
  }

  #sideInput(node: Node, indices: readonly Index[], location: Location): number {
    const type = registerOf(node.dtype);
    const flat = flatIndex(indices, node.shape);
    const kind = this.#kindOf(flat);
    if (kind === undefined || !this.#limits.kinds.includes(kind)) throw new NoEpilogue();
    const begin = { ...location, offset: location.offset + flat.offset };
    if ((begin.offset * bytesPerStorage(begin.storage)) % this.#caps.alignment !== 0) throw new NoEpilogue();
    const key = `side${kind}${type}@${begin.base}+${begin.offset}`;
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    if (this.#sides.length === this.#limits.sideInputs) throw new NoEpilogue();
    const side = this.#sides.push({ kind, type, location: begin }) - 1;
    const to = this.#register(type, { side });
    this.#numbered.set(key, to);
    return to;
  }

  #kindOf(flat: Index): SideInputKind | undefined {
    const { shape } = this.#product;
    const key = shiftIndex(flat, -flat.offset).key;
    const last = shape.length - 1;
    const column = this.#axes[last];
    if (flat.terms.length === 0) return 'scalar';
    if (key === flatIndex(this.#axes, shape).key) return 'full';
    if (column !== undefined && key === column.key) return 'column';
    return key === flatIndex(this.#axes.slice(0, last), shape.slice(0, last)).key ? 'row' : undefined;
  }

  #scalar(slot: number, type: Register): number {
    const key = `slot${slot}${type}`;
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    const scalar = this.#scalars.push({ type, slot }) - 1;
    const to = this.#register(type, { scalar });
    this.#numbered.set(key, to);
    return to;
  }

  #emit(key: string, type: Register, make: (to: number) => Draft): number {
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    const to = this.#register(type);
    this.#numbered.set(key, to);
    this.#drafts.push(make(to));
    return to;
  }

  #register(type: Register, meaning?: { readonly side: number } | { readonly scalar: number }): number {
    // Libraries take float64 along only where they compute in it.
    if (type === 'f64' && this.#types.length > 0 && this.#types[0] !== 'f64') throw new NoEpilogue();
    this.#meaning.push(meaning);
    return this.#types.push(type) - 1;
  }

  /** The product, the side inputs, the scalars, then the body. */
  #finalNumbers(): number[] {
    let next = 1 + this.#sides.length + this.#scalars.length;
    return this.#meaning.map((meaning, register) => {
      if (register === 0) return 0;
      if (meaning === undefined) return next++;
      return 'side' in meaning ? 1 + meaning.side : 1 + this.#sides.length + meaning.scalar;
    });
  }
}
