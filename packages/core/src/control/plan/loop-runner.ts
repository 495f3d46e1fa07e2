/**
 * Running a loop: the dispatches of its body once per iteration, each time on other ranges.
 *
 * Slices of scanned and stacked values are bound where they lie; where that is against the backend's alignment they are
 * copied to or from ranges that are aligned. A carry alternates between two ranges, or where what iterations begin with
 * is stacked anyway, moves along the stack. Results that nobody reads are not computed.
 */
import type { LoopControl } from '../../graph/control';
import { makeNode, type Node, type NodeOf } from '../../graph/node';
import { rewrite } from '../../graph/rewrite';
import { nodesOf } from '../../graph/traverse';
import type { Division, Place } from '../../plan/executable';
import { bodySignature } from './describe';
import { perform, type Sink, type Steps, shifted } from './perform';
import { bodyMemory, bytesOn, planBody, Ranges, type Runner, type RunnerMemory } from './runner';
import { routed, slotLookup } from './slots';

/** A carry that some result depends on. */
interface LiveCarry {
  readonly index: number;
  readonly bytes: number;
  /** Two ranges of the arena. */
  readonly ranges: readonly [number, number];
}

/** A value of which each iteration has a slice. */
interface Sliced {
  /** Which input or result. */
  readonly index: number;
  readonly bytes: number;
  /** The aligned range that a slice is copied to or from; undefined where it can be bound itself. */
  readonly range: number | undefined;
}

/**
 * @param wanted  results that are read
 * @param offset  where the slots of the body begin in the graph around the loop
 */
export function loopRunner(
  node: NodeOf<'control'>,
  control: LoopControl,
  wanted: ReadonlySet<number>,
  division: Division,
  offset: number,
): Runner {
  const { body, count, carries, scanned, reverse } = control;
  const { results } = node.attributes;
  const stacked = body.outputs.length - carries;
  const live = liveCarries(control, wanted);
  const stacks = body.outputs
    .slice(carries)
    .flatMap((_, index) => (wanted.has(carries + index) ? [index] : []));
  const outputs = [...live, ...stacks.map((index) => carries + index)].flatMap(
    (index) => body.outputs[index] ?? [],
  );

  // The number of the slice is an argument of the kernels rather than a value in memory.
  const counter = makeNode('scalar', [], { value: Number.NaN, slot: true }, [], 'int32');
  const slotOf = slotLookup(bodySignature(body), offset);
  const planned = planBody(
    {
      parameters: body.parameters,
      outputs: rewrite(outputs, (each) => (each === body.parameters[0] ? counter : undefined)),
    },
    division,
    (each: Node) => (each === counter ? 'counter' : slotOf(each)),
  );

  const ranges = new Ranges(division);
  const arenaOfBody = ranges.take(planned.executable.arenaBytes);
  const isAligned = (bytes: number): boolean => bytes % division.backend.caps.alignment === 0;
  const bytesOfResult = (index: number): number => {
    const spec = results[index];
    return spec === undefined ? 0 : bytesOn(division, spec);
  };
  const sliced = (index: number, bytes: number): Sliced => ({
    index,
    bytes,
    range: isAligned(bytes) ? undefined : ranges.take(bytes),
  });
  const liveRanges = live.map((index): LiveCarry => {
    const bytes = bytesOfResult(index);
    return { index, bytes, ranges: [ranges.take(bytes), ranges.take(bytes)] };
  });
  const read = new Set(nodesOf(outputs));
  const scans = node.inputs.slice(carries, carries + scanned).flatMap((value, index) => {
    const parameter = body.parameters[1 + carries + index];
    const isRead = parameter !== undefined && read.has(parameter);
    return isRead ? [sliced(carries + index, count === 0 ? 0 : bytesOn(division, value) / count)] : [];
  });
  const stackSlices = stacks.map((index) =>
    sliced(carries + index, count === 0 ? 0 : bytesOfResult(carries + index) / count),
  );

  function* steps(
    { inputs, results: places, arena }: RunnerMemory,
    slots: readonly number[],
    sink: Sink,
  ): Steps {
    const inArena = (at: number): Place => shifted(arena, at);
    const current = new Map<number, Place | undefined>(live.map((index) => [index, inputs[index]]));
    const values: (Place | undefined)[] = [undefined, ...inputs];
    const own = inArena(arenaOfBody);
    for (let step = 0; step < count; step++) {
      const at = reverse ? count - 1 - step : step;
      const targets: Place[] = [];
      for (const { index, bytes, ranges: pair } of liveRanges) {
        const from = current.get(index) ?? arena;
        const stack = places[carries + stacked + index];
        const alongStack = stack !== undefined && isAligned(bytes);
        if (stack !== undefined && (step === 0 || !alongStack))
          sink.copy(from, shifted(stack, at * bytes), bytes);
        values[1 + index] = from;
        const isLast = step === count - 1;
        const next = alongStack && !isLast ? shifted(stack, (reverse ? at - 1 : at + 1) * bytes) : undefined;
        targets.push((isLast ? places[index] : next) ?? inArena(pair[step % 2 === 0 ? 0 : 1]));
      }
      for (const { index, bytes, range } of scans) {
        const slice = shifted(inputs[index] ?? arena, at * bytes);
        values[1 + index] = range === undefined ? slice : inArena(range);
        if (range !== undefined) sink.copy(slice, inArena(range), bytes);
      }
      for (const { index, bytes, range } of stackSlices) {
        targets.push(range === undefined ? shifted(places[index] ?? arena, at * bytes) : inArena(range));
      }
      yield* perform(
        planned.executable,
        bodyMemory(planned, values, targets, own),
        routed(planned.route, slots, at),
        sink,
      );
      for (const { index, bytes, range } of stackSlices) {
        if (range !== undefined)
          sink.copy(inArena(range), shifted(places[index] ?? arena, at * bytes), bytes);
      }
      liveRanges.forEach(({ index }, place) => {
        current.set(index, targets[place]);
      });
    }
    if (count > 0) return;
    for (const { index, bytes } of liveRanges) {
      const place = places[index];
      if (place !== undefined) sink.copy(inputs[index] ?? arena, place, bytes);
    }
  }

  return {
    arenaBytes: ranges.bytes,
    bodies: [planned.executable],
    section: {
      title: `loop     ${count} iterations${reverse ? ', from the last slice to the first' : ''}`,
      arenaBytes: ranges.bytes,
      bodies: [{ title: 'body', executable: planned.executable }],
    },
    steps,
  };
}

/** The carries that wanted results depend on, in order. */
function liveCarries({ body, carries }: LoopControl, wanted: ReadonlySet<number>): number[] {
  const live = new Set<number>();
  const stackedCarries = body.outputs.length;
  for (let index = 0; index < carries; index++) {
    if (wanted.has(index) || wanted.has(stackedCarries + index)) live.add(index);
  }
  for (let before = -1; before !== live.size; ) {
    before = live.size;
    const outputs = body.outputs.filter((_, index) =>
      index < carries ? live.has(index) : wanted.has(index),
    );
    const read = new Set(nodesOf(outputs));
    for (let index = 0; index < carries; index++) {
      const parameter = body.parameters[1 + index];
      if (parameter !== undefined && read.has(parameter)) live.add(index);
    }
  }
  return [...live].sort((a, b) => a - b);
}
