/**
 * What runs one control node within a divided plan.
 */
import { bytesPerStorage } from '../../dtype';
import type { Body, ValueSpec } from '../../graph/control';
import type { Node } from '../../graph/node';
import { CACHE_LINE, roundUp } from '../../plan/arena';
import type { ControlSection, Division, Executable, Place } from '../../plan/executable';
import { signatureOf } from '../../plan/signature';
import { sizeOf } from '../../shape/shape';
import { leafParameters } from './describe';
import type { PartMemory, Sink, Steps } from './perform';
import { type SlotRoute, slotRoute } from './slots';

export interface RunnerMemory {
  /** Inputs of the node. */
  readonly inputs: readonly Place[];
  /** Where results go; undefined for those that nobody reads. */
  readonly results: readonly (Place | undefined)[];
  /** Temporary memory, `arenaBytes` of the runner. */
  readonly arena: Place;
}

export interface Runner {
  readonly arenaBytes: number;
  readonly bodies: readonly Executable[];
  /** For people. */
  readonly section: ControlSection;
  steps(memory: RunnerMemory, slots: readonly number[], sink: Sink): Steps;
}

/** A body that was planned: where its leaves and slots come from. */
export interface PlannedBody {
  readonly executable: Executable;
  readonly route: SlotRoute;
  /** For each leaf the parameter that it is. */
  readonly leaves: readonly number[];
}

/**
 * Plans a body.
 *
 * @param whole where the slots of a node are in the graph around it
 */
export function planBody(
  body: Body,
  division: Division,
  whole: (node: Node) => number | 'counter',
): PlannedBody {
  const graph = { outputs: body.outputs, updates: body.outputs.map(() => undefined) };
  const signature = signatureOf(graph);
  return {
    executable: division.plan(graph, signature),
    route: slotRoute(signature, whole),
    leaves: leafParameters(signature, body),
  };
}

/** The memory of a body at one run; `values` has a place for each parameter. */
export const bodyMemory = (
  { leaves }: PlannedBody,
  values: readonly (Place | undefined)[],
  targets: readonly Place[],
  arena: Place,
): PartMemory => ({
  leaves: leaves.map((parameter) => values[parameter] ?? arena),
  targets,
  arena,
});

/** Bytes of a value on the device. */
export const bytesOn = ({ device }: Division, { shape, dtype }: ValueSpec): number =>
  sizeOf(shape) * bytesPerStorage(device.storageOf(dtype));

/** Hands out ranges of an arena, one after the other. */
export class Ranges {
  readonly #step: number;
  #bytes = 0;

  constructor(division: Division) {
    this.#step = Math.max(division.backend.caps.alignment, CACHE_LINE);
  }

  /** Everything handed out so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The offset of a new range. */
  take(bytes: number): number {
    const offset = this.#bytes;
    this.#bytes += roundUp(bytes, this.#step);
    return offset;
  }
}
