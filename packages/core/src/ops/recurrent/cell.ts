/**
 * Recurrent cells over whole sequences, as composites: one node for all steps, so that a backend may walk through time
 * in one call with the recurrent weights at hand. What it means is a `scan` over the cell's step.
 *
 * Inputs: what the inputs of a sequence contribute, `projected` [length, batch, …]; the cell's weights; the initial
 * states [batch, units] each; and where `masked`, a bool [length, batch] that is false where states are held.
 *
 * The result has a row for each step and one for the beginning, in the order of time (the beginning comes last when
 * `reverse`): [length + 1, batch, values · units]. A row holds the states after its step, then what the gradient's kernel
 * reads; the row of the beginning holds the initial states and zeros. Only the first state of every row and the other
 * states of the last step's row may be read: no gradient is passed on from anything else.
 */
import { backpropagate } from '../../autograd/backpropagate';
import { zerosOf } from '../../autograd/rules/movement';
import { scan } from '../../control/scan';
import { isFloat } from '../../dtype';
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { ValueSpec } from '../../graph/control';
import type { CompositeAttributes, Node } from '../../graph/node';
import { extentAt, range } from '../../shape/shape';
import { Tensor } from '../../tensor';
import { cutOut } from './cut-out';

export interface Cell {
  /** Of the composite. */
  readonly name: string;
  /** How many states it hands on. */
  readonly states: number;
  /** How many weights it has. */
  readonly weights: number;
  /** How many values of a unit a step leaves, states first. */
  readonly values: number;
  /**
   * One step for a batch.
   *
   * @param states    [batch, units] each
   * @param projected [batch, …], what the step's inputs contribute
   * @param nudge     zeros [batch, units] to be added where a gradient is wanted that `projected` does not have
   * @returns the values of every unit, [batch, units] each; a mask is not the cell's concern
   */
  step(context: {
    readonly states: readonly Node[];
    readonly projected: Node;
    readonly weights: readonly Node[];
    readonly nudge: Node;
  }): readonly Node[];
  /**
   * One step back, from what it left.
   *
   * @param values     the values of every unit that the step left
   * @param before     the states that it began with
   * @param cotangents of the states that it left
   * @returns the columns of the gradient's composite, and the cotangents of the states before
   */
  back(context: {
    readonly values: readonly Node[];
    readonly before: readonly Node[];
    readonly cotangents: readonly Node[];
    readonly weights: readonly Node[];
    /** The values where the step was open, `otherwise` where states were held. */
    readonly open: (values: Node, otherwise: Node | number) => Node;
  }): { readonly columns: Node; readonly before: readonly Node[] };
  /** How many values of a unit the gradient's composite holds of a step. */
  readonly columns: number;
  /**
   * These values, side by side along the last axis: cotangents of pre-activations.
   *
   * @param projected cotangents of `projected`
   * @param nudge     cotangents of the nudge
   * @param after     the rows that steps left
   */
  cotangentColumns(projected: Node, nudge: Node, after: Node): Node;
  /**
   * The cotangents of `projected` and of the weights.
   *
   * @param columns what `cotangentColumns` gave, for all steps
   * @param before  the rows that steps began with
   */
  cotangents(context: { readonly columns: Node; readonly before: Node }): readonly Node[];
}

/** The inputs of a cell's composite by what they are. */
export interface CellInputs {
  readonly projected: Node;
  readonly weights: readonly Node[];
  readonly states: readonly Node[];
  readonly mask: Node | undefined;
}

const isReverse = ({ reverse }: CompositeAttributes): boolean => reverse === true;

/** The rows that steps leave. */
export const afterSteps = (rows: Node, attributes: CompositeAttributes): Node => {
  const length = extentAt(rows.shape, 0) - 1;
  return isReverse(attributes)
    ? build.sliceAxis(rows, 0, 0, length)
    : build.sliceAxis(rows, 0, 1, length + 1);
};

/** The rows that steps begin with. */
const beforeSteps = (rows: Node, attributes: CompositeAttributes): Node =>
  afterSteps(rows, { reverse: !isReverse(attributes) });

/** Where the row that the last step leaves is. */
const lastAt = (rows: Node, attributes: CompositeAttributes): number =>
  isReverse(attributes) ? 0 : extentAt(rows.shape, 0) - 1;

/** Value `index` of every unit in one row, [batch, units]. */
function valueInRow(rows: Node, row: number, index: number, units: number): Node {
  const [, batch = 0] = rows.shape;
  return build.reshape(valueAt(build.sliceAxis(rows, 0, row, row + 1), index, units), [batch, units]);
}

/** Value `index` of every unit after the last step. */
export const lastValue = (rows: Node, attributes: CompositeAttributes, index: number, units: number): Node =>
  valueInRow(rows, lastAt(rows, attributes), index, units);

/** Value `index` of every unit at the beginning. */
const firstValue = (rows: Node, attributes: CompositeAttributes, index: number, units: number): Node =>
  lastValue(rows, { reverse: !isReverse(attributes) }, index, units);

/** Value `index` of every unit, along the last axis. */
export const valueAt = (rows: Node, index: number, units: number, count = 1): Node =>
  build.sliceAxis(rows, rows.shape.length - 1, index * units, (index + count) * units);

/** Sums over time and batch of products, [a, b] of [length, batch, a] and [length, batch, b]. */
export const overSteps = (left: Node, right: Node): Node =>
  build.dot(left, right, { leftBatch: [], rightBatch: [], leftContract: [0, 1], rightContract: [0, 1] });

/** [batch, a] times [a, b]. */
export const times = (x: Node, matrix: Node): Node =>
  build.dot(x, matrix, { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [0] });

/** [batch, b] times the transpose of [a, b]. */
export const timesTransposed = (x: Node, matrix: Node): Node =>
  build.dot(x, matrix, { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [1] });

/** The derivative of the logistic function and of tanh, by their values. */
export const sigmoidSlope = (y: Node): Node => build.mul(y, build.sub(1, y));
export const tanhSlope = (y: Node): Node => build.sub(1, build.mul(y, y));

/** A row of states, zeros after them, joined to the rows of steps. */
function withBeginning(steps: Node, states: readonly Node[], attributes: CompositeAttributes): Node {
  const columns = extentAt(steps.shape, 2);
  const known = build.concat(states, 1);
  const [batch, given] = [extentAt(known.shape, 0), extentAt(known.shape, 1)];
  const row = build.pad(known, build.constant(0, known.dtype), {
    lo: [0, 0],
    hi: [0, columns - given],
    interior: [0, 0],
  });
  const beginning = build.reshape(row, [1, batch, columns]);
  return build.concat(isReverse(attributes) ? [steps, beginning] : [beginning, steps], 0);
}

/** A mask of rows for all of their values. */
const likeRows = (mask: Node, values: Node): Node =>
  build.broadcastTo(build.reshape(mask, [...mask.shape, 1]), values.shape);

/** Values of a step in which states keep what they had before where a mask is false. */
const unlessHeld = (
  values: readonly Node[],
  before: readonly Node[],
  open: Node | undefined,
): readonly Node[] =>
  values.map((value, index) => {
    const old = before[index];
    return open === undefined || old === undefined ? value : build.where(likeRows(open, value), value, old);
  });

const traced = (node: Node): Node => build.identity(node, 'tracer');

/** All steps, one after the other. */
function runSteps(
  cell: Cell,
  { projected, weights, states, mask }: CellInputs,
  attributes: CompositeAttributes,
  nudge: Node,
): Node {
  const slices = mask === undefined ? [projected, nudge] : [projected, nudge, mask];
  const [, rows] = scan(
    (carry: readonly Tensor[], [now, nudged, open]: readonly Tensor[]) => {
      if (now === undefined || nudged === undefined) throw new Error('a step without inputs');
      const before = carry.map(({ node }) => node);
      const values = cell.step({
        states: before,
        projected: now.node,
        weights,
        nudge: nudged.node,
      });
      const held = unlessHeld(values, before, open?.node);
      return [
        held.slice(0, cell.states).map((node) => new Tensor(node)),
        new Tensor(build.concat(held, 1)),
      ] as const;
    },
    states.map((node) => new Tensor(node)),
    slices.map((node) => new Tensor(node)),
    { reverse: isReverse(attributes) },
  );
  return withBeginning(rows.node, states, attributes);
}

const zeroNudge = ({ projected, states }: CellInputs): Node => {
  const [state] = states;
  const shape = [extentAt(projected.shape, 0), ...(state?.shape ?? [])];
  return build.broadcastTo(build.constant(0, projected.dtype), shape);
};

/** The composites of a cell: its run over a sequence, and the gradient of that. */
export class CellComposite {
  readonly #cell: Cell;
  readonly #run: CompositeDefinition;
  readonly #gradient: CompositeDefinition;

  constructor(cell: Cell) {
    this.#cell = cell;
    this.#run = {
      name: cell.name,
      infer: (inputs, attributes) => this.#rowsOf(inputs, attributes, cell.values),
      decompose: (inputs, attributes) => {
        const given = this.#inputs(inputs, attributes);
        return runSteps(cell, given, attributes, zeroNudge(given));
      },
      vjp: ({ inputs, attributes, output, cotangent }) =>
        this.#cotangents(inputs, attributes, output, cotangent),
      batch: ({ inputs, isBatched, attributes, size }) => {
        const roles = [1, ...this.#sharedRoles(), 1];
        return foldBatch(this.#run, inputs, isBatched, roles, attributes, size);
      },
    };
    this.#gradient = {
      name: `${cell.name}Gradient`,
      infer: (inputs, attributes) => this.#rowsOf(inputs, attributes, cell.columns),
      decompose: (inputs, attributes) => this.#stepsBack(inputs, attributes),
      // The steps back read the run's result, from which no gradient is passed on: the gradient of the run's meaning does not.
      vjp: ({ inputs, attributes, cotangent }) => {
        const sources = inputs.map((input) => (isFloat(input.dtype) ? traced(input) : input));
        const value = this.#differentiated(sources, attributes);
        const { cotangents } = backpropagate(new Map([[value, cotangent]]), new Set(sources), true);
        return sources.map((source) => cotangents.get(source));
      },
      batch: ({ inputs, isBatched, attributes, size }) => {
        const masks = attributes.masked === true ? [1] : [];
        const roles = [1, ...this.#sharedRoles(), ...masks, 1, 1];
        const rest = inputs.slice(roles.length).map(() => 0);
        return foldBatch(this.#gradient, inputs, isBatched, [...roles, ...rest], attributes, size);
      },
    };
  }

  /** The rows of a run over checked inputs of one floating-point dtype. */
  rows({ projected, weights, states, mask }: CellInputs, attributes: CompositeAttributes): Node {
    const inputs = [projected, ...weights, ...states, ...(mask === undefined ? [] : [mask])];
    return build.applyComposite(this.#run, inputs, { ...attributes, masked: mask !== undefined });
  }

  /** Rows of so many values of a unit. */
  #rowsOf(inputs: readonly Node[], attributes: CompositeAttributes, values: number): ValueSpec {
    const { projected, states } = this.#inputs(inputs, attributes);
    const [length = 0, batch = 0] = projected.shape;
    const units = extentAt(states[0]?.shape ?? [], 1);
    return { shape: [length + 1, batch, values * units], dtype: projected.dtype };
  }

  #inputs(inputs: readonly Node[], { masked }: CompositeAttributes): CellInputs {
    const { name, weights, states } = this.#cell;
    const [projected, ...others] = inputs;
    const mask = masked === true ? others[weights + states] : undefined;
    if (projected === undefined || others.length < weights + states) {
      throw new ArgumentError(name, `takes ${1 + weights + states} inputs, got ${inputs.length}.`);
    }
    return {
      projected,
      weights: others.slice(0, weights),
      states: others.slice(weights, weights + states),
      mask,
    };
  }

  /** Which axis of weights and states is the batch: none of the former, the first of the latter. */
  #sharedRoles(): number[] {
    const { weights, states } = this.#cell;
    return [...new Array<number>(weights).fill(NO_BATCH), ...new Array<number>(states).fill(0)];
  }

  /** Inputs of the gradient: those of the run, its result, and the cotangents of the states that may be read. */
  #cotangents(
    inputs: readonly Node[],
    attributes: CompositeAttributes,
    output: Node,
    cotangent: Node,
  ): readonly Node[] {
    const { states } = this.#inputs(inputs, attributes);
    const units = extentAt(states[0]?.shape ?? [], 1);
    const [length = 0, batch = 0] = cotangent.shape;
    const of = (row: number, rows: number, index: number): Node =>
      cutOut(cotangent, [row, 0, index * units], [row + rows, batch, (index + 1) * units]);
    const first = of(isReverse(attributes) ? 0 : 1, length - 1, 0);
    const others = states
      .slice(1)
      .map((_, index) => build.reshape(of(lastAt(cotangent, attributes), 1, index + 1), [batch, units]));
    const found = build.applyComposite(this.#gradient, [...inputs, output, first, ...others], attributes);
    // The row of the beginning holds the first state as it came: what is read of it there adds to its cotangent.
    const beginning = of(lastAt(cotangent, { reverse: !isReverse(attributes) }), 1, 0);
    return [
      ...this.#cell.cotangents({
        columns: afterSteps(found, attributes),
        before: beforeSteps(output, attributes),
      }),
      ...states.map((_, index) => {
        const throughSteps = firstValue(found, attributes, index, units);
        return index > 0 ? throughSteps : build.add(throughSteps, build.reshape(beginning, [batch, units]));
      }),
    ];
  }

  /** What the gradient has beside the inputs of the run. */
  #given(
    inputs: readonly Node[],
    { masked }: CompositeAttributes,
  ): { output: Node; first: Node; others: readonly Node[] } {
    const { name, weights, states } = this.#cell;
    const [output, first, ...others] = inputs.slice(1 + weights + states + (masked === true ? 1 : 0));
    if (output === undefined || first === undefined || others.length < states - 1) {
      throw new ArgumentError(`${name}Gradient`, `got ${inputs.length} inputs, which are too few.`);
    }
    return { output, first, others };
  }

  /** Steps backwards, from what the run left of each. */
  #stepsBack(inputs: readonly Node[], attributes: CompositeAttributes): Node {
    const cell = this.#cell;
    const { weights, states, mask } = this.#inputs(inputs, attributes);
    const { output, first, others } = this.#given(inputs, attributes);
    const [state] = states;
    if (state === undefined) throw new ArgumentError(cell.name, 'there is no state.');
    const units = extentAt(state.shape, 1);
    const slices = [first, afterSteps(output, attributes), beforeSteps(output, attributes)];
    const [beginning, columns] = scan(
      (carry: readonly Tensor[], [given, after, begun, open]: readonly Tensor[]) => {
        if (given === undefined || after === undefined || begun === undefined) {
          throw new Error('a step without inputs');
        }
        const found = cell.back({
          values: range(cell.values).map((index) => valueAt(after.node, index, units)),
          before: states.map((_, index) => valueAt(begun.node, index, units)),
          cotangents: carry.map(({ node }, index) => (index === 0 ? build.add(node, given.node) : node)),
          weights,
          open: (values, otherwise) =>
            open === undefined ? values : build.where(likeRows(open.node, values), values, otherwise),
        });
        return [found.before.map((node) => new Tensor(node)), new Tensor(found.columns)] as const;
      },
      [zerosOf(state), ...others].map((node) => new Tensor(node)),
      [...slices, ...(mask === undefined ? [] : [mask])].map((node) => new Tensor(node)),
      { reverse: !isReverse(attributes) },
    );
    return withBeginning(
      columns.node,
      beginning.map(({ node }) => node),
      attributes,
    );
  }

  /** The gradient as that of the run's meaning; the run's result is not read. */
  #differentiated(inputs: readonly Node[], attributes: CompositeAttributes): Node {
    const given = this.#inputs(inputs, attributes);
    const sources = { ...given, projected: traced(given.projected), states: given.states.map(traced) };
    const nudge = traced(zeroNudge(given));
    const rows = runSteps(this.#cell, sources, attributes, nudge);
    const units = extentAt(given.states[0]?.shape ?? [], 1);
    const { first, others } = this.#given(inputs, attributes);
    const seeds = new Map([[valueAt(afterSteps(rows, attributes), 0, units), first]]);
    others.forEach((other, index) => {
      seeds.set(lastValue(rows, attributes, index + 1, units), other);
    });
    const { cotangents } = backpropagate(seeds, new Set([sources.projected, nudge, ...sources.states]), true);
    const of = (source: Node): Node => cotangents.get(source) ?? zerosOf(source);
    const steps = this.#cell.cotangentColumns(of(sources.projected), of(nudge), afterSteps(rows, attributes));
    return withBeginning(steps, sources.states.map(of), attributes);
  }
}

/** The role of an input that all examples share. */
const NO_BATCH = -1;

/**
 * A composite for more examples at once: they are so many more sequences.
 *
 * @param roles for each input the axis that counts sequences
 */
function foldBatch(
  definition: CompositeDefinition,
  inputs: readonly Node[],
  isBatched: readonly boolean[],
  roles: readonly number[],
  attributes: CompositeAttributes,
  size: number,
): Node | undefined {
  if (inputs.some((_, index) => roles[index] === NO_BATCH && isBatched[index] === true)) return undefined;
  const folded = inputs.map((input, index) => {
    const axis = roles[index] ?? NO_BATCH;
    if (axis === NO_BATCH) return input;
    const example = isBatched[index] === true ? input.shape.slice(1) : input.shape;
    const [outer, sequences, inner] = [
      example.slice(0, axis),
      extentAt(example, axis),
      example.slice(axis + 1),
    ];
    const apart = [...outer, size, sequences, ...inner];
    const moved =
      isBatched[index] === true
        ? build.permute(
            input,
            apart.map((_, at) => (at < axis ? at + 1 : at === axis ? 0 : at)),
          )
        : build.broadcastTo(build.insertAxes(input, [axis]), apart);
    return build.reshape(moved, [...outer, size * sequences, ...inner]);
  });
  const rows = build.applyComposite(definition, folded, attributes);
  const [steps = 0, sequences = 0, columns = 0] = rows.shape;
  return build.permute(build.reshape(rows, [steps, size, sequences / size, columns]), [1, 0, 2, 3]);
}
