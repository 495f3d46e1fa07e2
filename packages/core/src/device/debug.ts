/**
 * Debug mode: every graph is also evaluated by the reference interpreter, operation by operation.
 *
 * The first operation that makes a NaN of operands without one is named together with the line that built it, what the
 * device computed is compared with the interpreter, and compiled functions are traced again at every call, so that a
 * captured number that changed is found. Slow, and off by default. With `everyOperation` the device computes operation by
 * operation too, so that the one that is wrong has a name.
 */
import type { TypedArray } from '../dtype';
import { NumericError, TraceError } from '../errors';
import { bodiesOf } from '../graph/control';
import { type Node, observeNodes } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { formatShape } from '../shape/shape';
import type { DeviceBuffer } from './buffer';
import { compareValues, operationName, PROGRAM_TOLERANCE, whereBuilt } from './debug-compare';
import { setDebugHook } from './debug-hook';
import { compareEachOperation } from './debug-operations';
import type { Device } from './device';
import { copyNodes, type Graph, type Program } from './program';

export interface DebugOptions {
  /** Stop at the first operation that makes a NaN of operands without one. Default true. */
  readonly nan?: boolean;
  /** Compare what the device computed with the interpreter. Default true. */
  readonly compare?: boolean;
  /**
   * Compute every operation by itself on the device as well, and name the first that differs from the interpreter given
   * the same operands. Slower still; it tells a wrong kernel from a wrong fusion. Default false.
   */
  readonly everyOperation?: boolean;
}

const DEFAULTS: Required<DebugOptions> = { nan: true, compare: true, everyOperation: false };

let options: Required<DebugOptions> | undefined;

/** Programs of debug mode's own are not checked in turn. */
let unchecked = false;

/** Lines that built nodes, while debug mode is on. */
let lines = new WeakMap<object, string>();
let stopObserving: (() => void) | undefined;

/**
 * Turns debug mode on or off.
 *
 * @example
 * setDebug(true);
 * await log(tensor([-1])).data(); // NumericError: log: made a NaN … at your line
 */
export function setDebug(debug: boolean | DebugOptions): void {
  options = debug === false ? undefined : { ...DEFAULTS, ...(typeof debug === 'object' ? debug : {}) };
  lines = new WeakMap();
  setDebugHook(options === undefined ? undefined : { wrap: debugged, requireSameGraph });
  stopObserving?.();
  stopObserving =
    options === undefined
      ? undefined
      : observeNodes((node) => {
          lines.set(node, callerLine());
        });
}

const FUSION_DIFFERS =
  'each operation agrees by itself: it is their fusion, or the order or memory of the plan, that is wrong.';
const FIND_OPERATION = 'setDebug({ everyOperation: true }) names the operation that is wrong.';

/** A program without checks around it. */
function planUnchecked(device: Device, graph: Graph): Program {
  unchecked = true;
  try {
    return device.program(graph);
  } finally {
    unchecked = false;
  }
}

/** The program with checks around it. */
function debugged(device: Device, graph: Graph, program: Program): Program {
  const active = options;
  if (active === undefined || unchecked) return program;
  // Realized nodes let go of their inputs, and the checks run later: keep the graph as it is now.
  const copies = copyNodes(graph.outputs);
  const nodes = [...copies.values()];
  const builtAt = new Map([...copies].map(([node, copy]) => [copy, lines.get(node)]));
  const lineOf = (copy: Node): string => builtAt.get(copy) ?? '';
  return {
    // Known only once the program is planned, which may be later.
    get plan() {
      return program.plan;
    },
    get dispatches() {
      return program.dispatches;
    },
    ...(program.ready === undefined ? {} : { ready: program.ready }),
    async run(parameters, targets) {
      const values = await hostValues(nodes, parameters, device);
      const expected = await checkedEvaluate(nodes, values, parameters, active.nan, lineOf);
      if (active.everyOperation) {
        const plan = (part: Graph): Program => planUnchecked(device, part);
        await compareEachOperation(device, nodes, parameters, plan, lineOf);
      }
      await program.run(parameters, targets);
      if (!active.compare) return;
      for (const [index, output] of graph.outputs.entries()) {
        const target = targets[index];
        const copy = copies.get(output);
        const wanted = copy && expected.get(copy);
        if (target === undefined || copy === undefined || wanted === undefined) continue;
        compareValues({
          node: output,
          actual: await device.readDirectly(target),
          expected: wanted,
          tolerance: PROGRAM_TOLERANCE,
          device: device.name,
          advice: [active.everyOperation ? FUSION_DIFFERS : FIND_OPERATION],
          line: lineOf(copy),
        });
      }
    },
  };
}

/** All nodes of a graph, those of the bodies of loops and branches among them. */
const withBodies = (outputs: readonly Node[]): readonly Node[] =>
  nodesOf(outputs).flatMap((node) =>
    node.op === 'control'
      ? [...bodiesOf(node.attributes.control).flatMap((body) => withBodies(body.outputs)), node]
      : [node],
  );

/** What a value is computed from: the results of a loop or branch from its inputs. */
const operandsOf = (node: Node): readonly Node[] =>
  node.op === 'result' ? node.inputs.flatMap(({ inputs }) => inputs) : node.inputs;

/** Compares a compiled function's graph with the recorded one, node by node. */
function requireSameGraph(name: string, recorded: readonly Node[], traced: readonly Node[]): void {
  const before = withBodies(recorded);
  const now = withBodies(traced);
  const numberOf = (nodes: readonly Node[]): Map<Node, number> =>
    new Map(nodes.map((node, index) => [node, index]));
  const beforeNumbers = numberOf(before);
  const nowNumbers = numberOf(now);
  for (let index = 0; index < Math.max(before.length, now.length); index++) {
    const a = before[index];
    const b = now[index];
    if (a?.op === 'scalar' && b?.op === 'scalar' && !Object.is(a.attributes.value, b.attributes.value)) {
      throw new TraceError(
        name,
        `a number that the compiled function captured changed from ${a.attributes.value} to ${b.attributes.value}; the recording still uses the first.`,
        'pass it as an argument, or keep it in a variable.',
        lines.get(b) ?? '',
      );
    }
    const same =
      a !== undefined &&
      b !== undefined &&
      a.op === b.op &&
      a.dtype === b.dtype &&
      a.shape.join() === b.shape.join() &&
      a.inputs.map((input) => beforeNumbers.get(input)).join() ===
        b.inputs.map((input) => nowNumbers.get(input)).join();
    if (!same) {
      throw new TraceError(
        name,
        `the function builds another computation than the one recorded: ${a?.op ?? 'nothing'} became ${b?.op ?? 'nothing'}.`,
        'decisions inside a compiled function are taken once; pass what they depend on as an argument that is not a tensor.',
      );
    }
  }
}

async function hostValues(
  nodes: readonly Node[],
  parameters: readonly DeviceBuffer[],
  device: Device,
): Promise<Map<DeviceBuffer, TypedArray>> {
  const values = new Map<DeviceBuffer, TypedArray>();
  const buffers = [
    ...parameters,
    ...nodes.flatMap(({ realized }) => (realized === undefined ? [] : [realized])),
  ];
  for (const buffer of buffers) {
    if (!values.has(buffer)) values.set(buffer, await device.readDirectly(buffer));
  }
  return values;
}

async function checkedEvaluate(
  nodes: readonly Node[],
  values: ReadonlyMap<DeviceBuffer, TypedArray>,
  parameters: readonly DeviceBuffer[],
  nan: boolean,
  lineOf: (node: Node) => string,
): Promise<Map<Node, TypedArray>> {
  const { evaluate } = await import('../on-demand');
  const elementsOf = (buffer: DeviceBuffer | undefined): TypedArray => {
    const found = buffer === undefined ? undefined : values.get(buffer);
    if (found === undefined) throw new NumericError('debug', 'a leaf of the graph has no value.');
    return found;
  };
  const results = evaluate(nodes, {
    buffer: elementsOf,
    parameter: (index) => elementsOf(parameters[index]),
  });
  const computed = new Map<Node, TypedArray>();
  for (const [index, node] of nodes.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    computed.set(node, result);
    if (!nan || !result.some(Number.isNaN)) continue;
    const clean = operandsOf(node).every((input) => !(computed.get(input)?.some(Number.isNaN) ?? false));
    const isLeaf = node.inputs.length === 0;
    if (clean && !isLeaf) {
      throw new NumericError(
        operationName(node),
        `made a NaN of operands without one (shape ${formatShape(node.shape)}, ${node.dtype}).`,
        ...whereBuilt(node, lineOf(node)),
      );
    }
  }
  return computed;
}

/** The first line of the stack outside of this package. */
function callerLine(): string {
  const stack = new Error().stack?.split('\n').slice(1) ?? [];
  const here = stack[0]?.replace(/device\/debug.*$/, '').trim() ?? '';
  const found = stack.find(
    (line) => !line.includes('/core/src/') && !line.includes('/core/dist/') && !line.startsWith(here),
  );
  return found?.trim() ?? '';
}
