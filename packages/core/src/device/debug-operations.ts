/**
 * Debug mode, operation by operation: each node of a graph is computed by itself on the device, and by the interpreter
 * from the very same operands. The first that differs is the one that is wrong, and errors do not add up on the way.
 */
import type { TypedArray } from '../dtype';
import { NumericError } from '../errors';
import { makeNode, type Node, withInputs } from '../graph/node';
import { sizeOf } from '../shape/shape';
import type { DeviceBuffer } from './buffer';
import { compareValues, largest, operationTolerance } from './debug-compare';
import type { Device } from './device';
import type { Graph, Program } from './program';

/**
 * To be called in the device's queue.
 *
 * @param nodes   a graph, inputs before their users
 * @param plan    makes a graph executable, without the checks of debug mode
 * @param lineOf  where a node was built
 * @throws {NumericError} for the first operation that differs
 */
export async function compareEachOperation(
  device: Device,
  nodes: readonly Node[],
  parameters: readonly DeviceBuffer[],
  plan: (graph: Graph) => Program,
  lineOf: (node: Node) => string,
): Promise<void> {
  const { evaluate } = await import('../on-demand');
  const values = new Map<DeviceBuffer, TypedArray>();
  const valuesOf = (buffer: DeviceBuffer): TypedArray => {
    const found = values.get(buffer);
    if (found === undefined) throw new NumericError('debug', 'an operand has no value.');
    return found;
  };
  const leaves = new Map<Node, Node>();
  const settle = async (node: Node, buffer: DeviceBuffer): Promise<void> => {
    if (!values.has(buffer)) values.set(buffer, await device.readDirectly(buffer));
    const leaf = makeNode('buffer', [], { buffer }, node.shape, node.dtype);
    leaf.realized = buffer;
    leaves.set(node, leaf);
  };
  const computed: DeviceBuffer[] = [];
  try {
    for (const node of nodes) {
      const buffer = node.op === 'parameter' ? parameters[node.attributes.index] : node.realized;
      if (buffer !== undefined) {
        await settle(node, buffer);
        continue;
      }
      const alone = withInputs(
        node,
        node.inputs.map((input) => leaves.get(input) ?? input),
      );
      // Numbers are part of what reads them, and control flow has values only in its results.
      if (node.op === 'scalar' || node.op === 'control') {
        leaves.set(node, alone);
        continue;
      }
      const target = device.allocate(node.dtype, sizeOf(node.shape));
      computed.push(target);
      const program = plan({ outputs: [alone], updates: [undefined] });
      await program.ready;
      await program.run([], [target]);
      const [expected] = evaluate([alone], { buffer: valuesOf, parameter: missingParameter });
      await settle(node, target);
      if (expected === undefined) continue;
      compareValues({
        node,
        actual: valuesOf(target),
        expected,
        tolerance: operationTolerance(node.dtype),
        scale: operandScale(alone, valuesOf),
        device: device.name,
        advice: ['computed by itself, from operands that both have.'],
        line: lineOf(node),
      });
    }
  } finally {
    for (const buffer of computed) device.release(buffer);
  }
}

/** The largest value that an operation reads. */
function operandScale(node: Node, valuesOf: (buffer: DeviceBuffer) => TypedArray): number {
  return node.inputs.reduce((most, input) => {
    if (input.op === 'control') return Math.max(most, operandScale(input, valuesOf));
    return input.realized === undefined ? most : Math.max(most, largest(valuesOf(input.realized)));
  }, 0);
}

const missingParameter = (index: number): never => {
  throw new NumericError('debug', `parameter ${index} has no value.`);
};
