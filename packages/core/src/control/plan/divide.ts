/**
 * Planning a graph with control flow: stages of ordinary graphs are planned as ever, and between them control nodes run
 * their bodies, which are planned in the same way.
 *
 * Values that pass from one to the other have numbered places: the graph's leaves, then what stages store and control
 * nodes give. A result that is an output of the graph is written where it goes; all other outputs are computed in the
 * last stage, so that a variable is only overwritten once nothing reads its old value.
 */
import type { DeviceBuffer } from '../../device/buffer';
import type { DispatchSummary } from '../../device/program';
import type { ValueSpec } from '../../graph/control';
import type { Node, NodeOf } from '../../graph/node';
import { makeNode, withInputs } from '../../graph/node';
import { rewrite } from '../../graph/rewrite';
import { nodesOf } from '../../graph/traverse';
import { type ArenaLayout, type Interval, layOutArena } from '../../plan/arena';
import type { Division, Executable, PassedValue, Passing, Place, Section } from '../../plan/executable';
import type { RunObserver } from '../../plan/observer';
import { signatureOf } from '../../plan/signature';
import { branchRunner } from './branch-runner';
import { loopRunner } from './loop-runner';
import { planOpened } from './opened';
import {
  drive,
  type PartMemory,
  perform,
  Sink,
  type SteppedExecutable,
  type Steps,
  shifted,
} from './perform';
import { bytesOn, type Runner } from './runner';
import { routed, type SlotRoute, slotLookup, slotRoute } from './slots';
import { stagesOf } from './stages';
import { whileRunner } from './while-runner';

/** A part with the places of its values. */
type Part =
  | {
      readonly kind: 'graph';
      readonly executable: Executable;
      readonly route: SlotRoute;
      readonly leaves: readonly number[];
      readonly targets: readonly number[];
    }
  | {
      readonly kind: 'control';
      readonly runner: Runner;
      readonly inputs: readonly number[];
      readonly results: readonly (number | undefined)[];
    };

/** Where a place is at each run. */
type PlaceKind = PassedValue;

/** The places of values, numbered; those of leaves come first. */
class Places {
  readonly kinds: PlaceKind[];
  readonly #division: Division;
  readonly #places = new Map<Node, number>();
  /** Results have several nodes. */
  readonly #results = new Map<Node | undefined, Map<number, number>>();

  constructor(division: Division) {
    this.#division = division;
    const leaves = new Map([...division.signature.leafOf].map(([node, index]) => [index, node]));
    this.kinds = division.signature.leaves.map((_, index) =>
      placeOf(division, 'leaf', index, leaves.get(index)),
    );
  }

  of(node: Node): number | undefined {
    const leaf = this.#division.signature.leafOf.get(node);
    if (leaf !== undefined) return leaf;
    if (node.op === 'result') return this.#results.get(node.inputs[0])?.get(node.attributes.index);
    const own = this.#places.get(node);
    const [first] = node.inputs;
    // The same elements in the same order.
    return own === undefined && node.op === 'reshape' && first !== undefined ? this.of(first) : own;
  }

  /** The place of a value, temporary memory where it has none yet. */
  placed(node: Node): number {
    return this.of(node) ?? this.#place(node, placeOf(this.#division, 'temporary', this.kinds.length, node));
  }

  /** Lets a value go straight to an output of the graph. */
  toTarget(node: Node, index: number): void {
    this.#place(node, placeOf(this.#division, 'target', index, node));
  }

  /** The number of a new place. */
  target(index: number): number {
    return this.kinds.push(placeOf(this.#division, 'target', index, this.#division.graph.outputs[index])) - 1;
  }

  #place(node: Node, kind: PlaceKind): number {
    const place = this.kinds.push(kind) - 1;
    if (node.op !== 'result') {
      this.#places.set(node, place);
      return place;
    }
    const [control] = node.inputs;
    const results = this.#results.get(control) ?? new Map<number, number>();
    this.#results.set(control, results.set(node.attributes.index, place));
    return place;
  }
}

const placeOf = (
  division: Division,
  kind: PlaceKind['kind'],
  index: number,
  node: ValueSpec | undefined,
): PlaceKind => ({
  kind,
  index,
  shape: node?.shape ?? [],
  bytes: node === undefined ? 0 : bytesOn(division, node),
});

/** Plans a graph in which there is control flow, or composites of it. */
export function divide(division: Division): Executable {
  const { signature } = division;
  if (signature.divide === undefined) return planOpened(division);
  const graph = { ...division.graph, outputs: withoutIdentities(division.graph.outputs) };
  const places = new Places(division);
  const isLeaf = (node: Node): boolean => signature.leafOf.has(node);
  const left: number[] = [];
  graph.outputs.forEach((output, index) => {
    const goesStraight = graph.updates[index] === undefined && output.op === 'result' && !isLeaf(output);
    if (goesStraight && places.of(output) === undefined) places.toTarget(output, index);
    else left.push(index);
  });
  const outputs = left.flatMap((index) => graph.outputs[index] ?? []);
  const order = nodesOf(graph.outputs);
  const slotOf = slotLookup(signature);
  const parts = stagesOf(graph, isLeaf, outputs).flatMap(({ stored, control }): Part[] => {
    const made: Part[] = [];
    if (control === undefined) {
      const targets = left.map((index) => places.target(index));
      const updates = left.map((index) => leafOfParameter(division, graph.updates[index]));
      if (stored.length > 0) made.push(graphPart(division, places, stored, updates, targets));
      return made;
    }
    if (stored.length > 0) {
      // Read before they get places of their own.
      const part = graphPart(
        division,
        places,
        stored,
        stored.map(() => undefined),
        undefined,
      );
      made.push(part);
    }
    made.push(controlPart(division, places, control, order, slotOf(control)));
    return made;
  });
  return new DividedPlan(division, parts, places.kinds);
}

/** The graph without marks that only matter to gradients, so that a marked leaf is the leaf. */
function withoutIdentities(outputs: readonly Node[]): readonly Node[] {
  const kept = new Map<Node, Node>();
  for (const node of nodesOf(outputs)) {
    const inputs = node.realized === undefined ? node.inputs.map((input) => kept.get(input) ?? input) : [];
    const [first] = inputs;
    if (isMark(node) && first !== undefined) kept.set(node, first);
    else if (inputs.some((input, index) => input !== node.inputs[index]))
      kept.set(node, withInputs(node, inputs));
  }
  return outputs.map((node) => kept.get(node) ?? node);
}

const isMark = (node: Node): boolean => node.op === 'identity' && node.attributes.kind !== 'barrier';

/** In parts, parameters are places; that of a leaf is the number of the leaf. */
function leafOfParameter({ signature }: Division, parameter: number | undefined): number | undefined {
  if (parameter === undefined) return undefined;
  const leaf = signature.leaves.findIndex((each) => 'parameter' in each && each.parameter === parameter);
  return leaf < 0 ? undefined : leaf;
}

function graphPart(
  division: Division,
  places: Places,
  outputs: readonly Node[],
  updates: readonly (number | undefined)[],
  targets: readonly number[] | undefined,
): Part {
  const rewritten = rewrite(outputs, (node) => {
    const index = places.of(node);
    return index === undefined ? undefined : makeNode('parameter', [], { index }, node.shape, node.dtype);
  });
  const graph = { outputs: rewritten, updates };
  const signature = signatureOf(graph);
  return {
    kind: 'graph',
    executable: division.plan(graph, signature),
    route: slotRoute(signature, slotLookup(division.signature)),
    leaves: signature.leaves.map((leaf) => ('parameter' in leaf ? leaf.parameter : 0)),
    targets: targets ?? outputs.map((node) => places.placed(node)),
  };
}

function controlPart(
  division: Division,
  places: Places,
  node: NodeOf<'control'>,
  order: readonly Node[],
  offset: number,
): Part {
  const inputs = node.inputs.map((input) => places.placed(input));
  const results: (number | undefined)[] = node.attributes.results.map(() => undefined);
  for (const user of order) {
    if (user.op === 'result' && user.inputs[0] === node) results[user.attributes.index] = places.placed(user);
  }
  const wanted = new Set(results.flatMap((place, index) => (place === undefined ? [] : [index])));
  return { kind: 'control', runner: runnerOf(division, node, wanted, offset), inputs, results };
}

function runnerOf(
  division: Division,
  node: NodeOf<'control'>,
  wanted: ReadonlySet<number>,
  offset: number,
): Runner {
  const { control } = node.attributes;
  switch (control.kind) {
    case 'loop':
      return loopRunner(node, control, wanted, division, offset);
    case 'while':
      return whileRunner(node, control, division, offset);
    case 'branch':
      return branchRunner(node, control, wanted, division, offset);
  }
}

const bytesOfPart = (part: Part): number =>
  part.kind === 'graph' ? part.executable.arenaBytes : part.runner.arenaBytes;

const executablesOf = (part: Part): readonly Executable[] =>
  part.kind === 'graph' ? [part.executable] : part.runner.bodies;

class DividedPlan implements SteppedExecutable {
  readonly arenaBytes: number;
  readonly #division: Pick<Division, 'device' | 'backend'>;
  readonly #parts: readonly Part[];
  readonly #executables: readonly Executable[];
  readonly #places: readonly PlaceKind[];
  readonly #layout: ArenaLayout;

  constructor({ device, backend }: Division, parts: readonly Part[], places: readonly PlaceKind[]) {
    this.#division = { device, backend };
    this.#parts = parts;
    this.#executables = parts.flatMap(executablesOf);
    this.#places = places;
    this.#layout = layOutArena(livesOf(parts, places), backend.caps.alignment);
    // Never nothing: values without elements have places too.
    this.arenaBytes = Math.max(this.#layout.bytes, 64);
  }

  get heldBytes(): number {
    return this.#executables.reduce((total, { heldBytes }) => total + heldBytes, 2048 * this.#parts.length);
  }

  get failed(): boolean {
    return this.#executables.some(({ failed }) => failed);
  }

  get sections(): readonly Section[] {
    return this.#parts.flatMap((part) =>
      part.kind === 'graph' ? part.executable.sections : [part.runner.section],
    );
  }

  get passing(): readonly Passing[] {
    const lives = livesOf(this.#parts, this.#places).slice(0, this.#places.length);
    const passed = (place: number | undefined): PassedValue[] => {
      const kind = place === undefined ? undefined : this.#places[place];
      return kind === undefined ? [] : [kind];
    };
    return this.#parts.map((part, at) => ({
      reads: (part.kind === 'graph' ? part.leaves : part.inputs).flatMap(passed),
      writes: (part.kind === 'graph' ? part.targets : part.results).flatMap(passed),
      heldBytes: lives.reduce(
        (held, { bytes, first, last }) => held + (first <= at && at <= last ? bytes : 0),
        0,
      ),
    }));
  }

  get dispatches(): readonly DispatchSummary[] {
    return this.#parts.flatMap((part) => {
      const inner = executablesOf(part).flatMap(({ dispatches }) => dispatches);
      if (part.kind === 'graph') return inner;
      return [{ kind: 'control', name: part.runner.section.title }, ...inner] satisfies DispatchSummary[];
    });
  }

  get preparing(): Promise<void> | undefined {
    const pending = this.#executables.flatMap(({ preparing }) => preparing ?? []);
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  run(
    leaves: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    slots: readonly number[],
    observer?: RunObserver,
  ): void | Promise<void> {
    const { preparing } = this;
    if (preparing !== undefined) return preparing.then(() => this.run(leaves, targets, slots, observer));
    for (const leaf of leaves) leaf.check();
    const { device } = this.#division;
    const backend = observer?.through(this.#division.backend) ?? this.#division.backend;
    const buf = device.leaseScratch(this.arenaBytes);
    const release = (): void => device.releaseScratch(buf);
    let running: void | Promise<void>;
    try {
      const sink = new Sink(backend, observer);
      running = drive(this.steps({ leaves, targets, arena: { buf } }, slots, sink), backend, sink);
    } catch (error) {
      release();
      throw error;
    }
    if (observer !== undefined) running = Promise.resolve(running).then(() => backend.sync());
    if (running instanceof Promise) return running.finally(release);
    release();
  }

  *steps(memory: PartMemory, slots: readonly number[], sink: Sink): Steps {
    const { offsets } = this.#layout;
    const inArena = (interval: number): Place => shifted(memory.arena, offsets[interval] ?? 0);
    const place = (index: number): Place => {
      const kind = this.#places[index];
      const found =
        kind?.kind === 'leaf'
          ? memory.leaves[kind.index]
          : kind?.kind === 'target'
            ? memory.targets[kind.index]
            : undefined;
      return found ?? inArena(index);
    };
    for (const [index, part] of this.#parts.entries()) {
      const arena = inArena(this.#places.length + index);
      if (part.kind === 'graph') {
        const { executable, leaves, targets, route } = part;
        const own = { leaves: leaves.map(place), targets: targets.map(place), arena };
        yield* perform(executable, own, routed(route, slots), sink);
      } else {
        const results = part.results.map((result) => (result === undefined ? undefined : place(result)));
        yield* part.runner.steps({ inputs: part.inputs.map(place), results, arena }, slots, sink);
      }
    }
  }
}

/** When each place is in use, counted in parts; then the temporary memory of each part. */
function livesOf(parts: readonly Part[], places: readonly PlaceKind[]): Interval[] {
  const lives = places.map((kind) => ({
    bytes: kind.kind === 'temporary' ? kind.bytes : 0,
    first: parts.length,
    last: 0,
  }));
  parts.forEach((part, at) => {
    const used =
      part.kind === 'graph' ? [...part.leaves, ...part.targets] : [...part.inputs, ...part.results];
    for (const place of used) {
      const life = place === undefined ? undefined : lives[place];
      if (life === undefined) continue;
      life.first = Math.min(life.first, at);
      life.last = Math.max(life.last, at);
    }
  });
  return [...lives, ...parts.map((part, at) => ({ bytes: bytesOfPart(part), first: at, last: at }))];
}
