/**
 * What a device makes of a graph: a program that can be run again and again on other buffers. The interpreter walks
 * the graph; a backend replays a plan.
 */
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import type { Executable } from '../plan/executable';
import type { RunObserver } from '../plan/observer';
import type { DeviceBuffer } from './buffer';

/** A graph to be made executable. Leaves are `parameter`, `buffer` and `scalar` nodes; `data` has been uploaded. */
export interface Graph {
  readonly outputs: readonly Node[];
  /** For each output the parameter whose memory it replaces, or undefined when it gets memory of its own. */
  readonly updates: readonly (number | undefined)[];
}

export interface Program {
  /**
   * Computes the outputs. To be called in the device's queue.
   *
   * @param parameters values of the parameter nodes
   * @param targets    where each output goes; for an update this is the parameter's own buffer
   * @param observer   watches the run, which then resolves when all its work is done
   */
  run(
    parameters: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    observer?: RunObserver,
  ): void | Promise<void>;
  /** Resolves when the program is planned, where something has to be loaded first. */
  readonly ready?: Promise<void>;
  /** The plan behind the program; the interpreter has none. */
  readonly plan?: Executable;
  /** Kernels and library calls, packing and copies apart. What a loop repeats is listed once, behind the loop. */
  readonly dispatches: readonly DispatchSummary[];
}

/** One line of a plan, for people and for tests that pin a plan. */
export interface DispatchSummary {
  readonly kind: 'kernel' | 'library' | 'copy' | 'control' | 'interpreter';
  readonly name: string;
}

/** Copies of a graph's nodes by their originals, to stay as they are: realized nodes let go of their inputs. */
export function copyNodes(outputs: readonly Node[]): Map<Node, Node> {
  const copies = new Map<Node, Node>();
  for (const node of nodesOf(outputs))
    copies.set(node, { ...node, inputs: node.inputs.map((input) => copies.get(input) ?? input) });
  return copies;
}

/** A graph that stays as it is. */
export function copyGraph(graph: Graph): Graph {
  const copies = copyNodes(graph.outputs);
  return { ...graph, outputs: graph.outputs.map((node) => copies.get(node) ?? node) };
}
