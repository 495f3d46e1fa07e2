/** One run of a graph on the interpreter: leaves are read from buffers, results are written to buffers. */
import type { DeviceBuffer } from '../device/buffer';
import type { Graph } from '../device/program';
import type { TypedArray } from '../dtype';
import { ArgumentError } from '../errors';
import type { RunObserver } from '../plan/observer';
import { evaluate } from './evaluate';

/**
 * @param elementsOf the elements of a buffer, without copying
 * @throws {Error} the fault of a buffer whose contents could not be computed
 */
export function interpret(
  graph: Graph,
  parameters: readonly DeviceBuffer[],
  targets: readonly DeviceBuffer[],
  elementsOf: (buffer: DeviceBuffer) => TypedArray,
  observer: RunObserver | undefined,
): void {
  const read = (buffer: DeviceBuffer): TypedArray => {
    buffer.check();
    return elementsOf(buffer);
  };
  const results = evaluate(graph.outputs, {
    buffer: read,
    parameter(index) {
      const parameter = parameters[index];
      if (parameter === undefined) throw new ArgumentError('interpreter', `parameter ${index} has no value.`);
      return read(parameter);
    },
    evaluated: (node) => observer?.evaluated(node),
  });
  // Results may be views of parameters that other results replace.
  const values = results.map((result) => result.slice());
  values.forEach((result, index) => {
    const target = targets[index];
    if (target !== undefined) elementsOf(target).set(result);
  });
}
