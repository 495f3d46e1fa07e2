/**
 * `compile`: records what a function computes once, and replays it.
 *
 * The function is traced per signature of its arguments (structure, shapes, dtypes). Its tensors are parameters,
 * variables stand for what they hold at each call, assignments happen at each call, and whatever else the function
 * closes over is a constant of the recording. Results are the same as without compiling.
 */
import type { DeviceBuffer } from './device/buffer';
import { getDevice } from './device/current';
import { debugHook } from './device/debug-hook';
import type { Device } from './device/device';
import type { Program } from './device/program';
import { deviceOf, flush, realizeNodes, uploadData } from './device/realize';
import { assignDonations, ownMemory, requireDonatable, requirePositions } from './donation';
import { ArgumentError, DeviceError, TraceError } from './errors';
import { makeNode, type Node } from './graph/node';
import { nodesOf } from './graph/traverse';
import { sizeOf } from './shape/shape';
import { formatStructure, mapLeaves } from './structure';
import { Tensor, tensor } from './tensor';
import { tensorsOf } from './tensors-of';
import { requireNoTrace, Trace, withTrace } from './trace';
import type { VariableStorage } from './variable-storage';

/** What a compiled function takes where its original takes tensors: a number becomes a float32 scalar. */
export type CompiledArgument<T> = T extends Tensor
  ? Tensor | number
  : T extends readonly (infer E)[]
    ? readonly CompiledArgument<E>[]
    : T extends object
      ? { readonly [K in keyof T]: CompiledArgument<T[K]> }
      : T;

/** The arguments of a compiled function. */
export type CompiledArguments<T extends readonly unknown[]> = { [I in keyof T]: CompiledArgument<T[I]> };

export interface CompileOptions {
  /** For people: plans and errors. Default: the function's name. */
  readonly name?: string;
  /**
   * Positions of arguments that are not needed after a call: their memory may be reused for a result of the same size
   * and dtype, and reading them afterwards is an error.
   */
  readonly donate?: readonly number[];
}

/** A function that was recorded once for each kind of its arguments and is replayed. */
export interface CompiledFunction<Arguments extends readonly unknown[], Result> {
  (...args: CompiledArguments<Arguments>): Promise<Result>;
  /** The recording for these arguments: what it runs, as text and as a list. Nothing is computed. */
  program(...args: CompiledArguments<Arguments>): Promise<Program>;
}

/** One trace of the function and the program made of it. */
interface Recording<Result> {
  readonly name: string;
  readonly device: Device;
  readonly program: Program;
  readonly outputs: readonly Node[];
  /** How many parameters are arguments; the storages follow in the order of their parameters. */
  readonly parameters: readonly (VariableStorage | undefined)[];
  /** Parameters whose memory is not needed afterwards, and the one that each result takes over. */
  readonly donated: readonly number[];
  readonly donations: readonly (number | undefined)[];
  /** What the program reads beside its parameters. */
  readonly captured: ReadonlySet<DeviceBuffer>;
  /** Storages that the program updates, in the order of its last outputs. */
  readonly updated: readonly VariableStorage[];
  /** Nodes of the returned tensors, in order; the program's first outputs. */
  readonly returned: readonly Node[];
  /** What the function returned, its tensors still symbolic. */
  readonly result: Result;
}

/**
 * Compiles a function over tensors. Its arguments and its result are tensors, or arrays and objects of them; it must be
 * synchronous, and may read and assign variables.
 *
 * @returns a function of the same arguments (numbers become float32 scalars) that resolves to realized results
 * @throws {TraceError} when the function awaits or reads values
 * @throws {ArgumentError} when a donated tensor is a variable's value, captured, given twice or already gone
 * @example
 * const step = compile((x: Tensor) => {
 *   w.assign(w.value.sub(x.mul(0.1)));
 *   return w.value.sum();
 * });
 * await (await step(tensor([1, 2]))).item();
 */
export function compile<Arguments extends readonly unknown[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): CompiledFunction<Arguments, Result> {
  const name = options.name ?? (fn.name === '' ? 'compiled function' : fn.name);
  const { donate = [] } = options;
  requirePositions(name, donate);
  const recordings = new Map<string, Recording<Result>>();

  const prepare = (args: CompiledArguments<Arguments>): { given: Tensor[]; recording: Recording<Result> } => {
    requireNoTrace(name);
    const given: Tensor[] = [];
    const donated: number[] = [];
    const describe = (leaf: unknown, position: number): string => {
      const found = tensorOf(leaf);
      if (found === undefined) return `=${String(leaf)}`;
      const index = given.push(found) - 1;
      if (donate.includes(position)) donated.push(index);
      return `${found.dtype}[${found.shape.join()}]`;
    };
    const described = [...args].map((argument, position) =>
      formatStructure(argument, (leaf) => describe(leaf, position)),
    );
    const key = described.join();
    const missing = donate.find((position) => position >= described.length);
    if (missing !== undefined) {
      throw new ArgumentError(name, `argument ${missing} is donated, ${described.length} were given.`);
    }
    const found = recordings.get(key);
    // Variables that were packed since live elsewhere now.
    const known = found?.parameters.some((storage) => storage?.retired) === true ? undefined : found;
    const debug = debugHook();
    if (known !== undefined && debug === undefined) return { given, recording: known };
    const made = record(fn, args, given, donated, name);
    if (known !== undefined) debug?.requireSameGraph(name, known.outputs, made.outputs);
    recordings.set(key, made);
    return { given, recording: made };
  };

  const call = async (...args: CompiledArguments<Arguments>): Promise<Result> => {
    const { given, recording } = prepare(args);
    const result = replay(recording, given);
    await recording.device.settle();
    return result;
  };
  return Object.assign(call, {
    program: async (...args: CompiledArguments<Arguments>) => {
      const { program } = prepare(args).recording;
      await program.ready;
      return program;
    },
  });
}

const tensorOf = (leaf: unknown): Tensor | undefined => {
  if (leaf instanceof Tensor) return leaf;
  return typeof leaf === 'number' ? tensor(leaf, { dtype: 'float32' }) : undefined;
};

function record<Arguments extends readonly unknown[], Result>(
  fn: (...args: Arguments) => Result,
  args: CompiledArguments<Arguments>,
  given: readonly Tensor[],
  donated: readonly number[],
  name: string,
): Recording<Result> {
  const trace = new Trace();
  const inputs = given.map(({ shape, dtype }) => trace.parameter(shape, dtype));
  const traced = withTensors<Arguments>(args, inputs);
  const result = withTrace(trace, () => fn(...traced));
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new TraceError(
      name,
      'the compiled function is asynchronous.',
      'compile a synchronous function, and await its result outside.',
    );
  }
  const returned = tensorsOf(result).map(({ node }) => node);
  const variables = trace.variables();
  const updated = variables.filter(({ parameter, final }) => parameter !== final);
  const outputs = [...returned.map(ownResult), ...updated.map(({ final }) => final)];
  const graph = nodesOf(outputs);
  const device = deviceOfTrace(
    graph,
    given,
    variables.map(({ storage }) => storage),
  );
  uploadData(device, graph);
  const donations = assignDonations(
    returned,
    new Map([...inputs.entries()].filter(([index]) => donated.includes(index))),
  );
  return {
    name,
    device,
    donated,
    donations,
    captured: new Set(graph.flatMap(({ realized }) => realized ?? [])),
    outputs,
    returned,
    result,
    updated: updated.map(({ storage }) => storage),
    parameters: [...given.map(() => undefined), ...variables.map(({ storage }) => storage)],
    program: device.program({
      outputs,
      updates: [
        ...donations,
        ...updated.map(({ parameter }) =>
          parameter.op === 'parameter' ? parameter.attributes.index : undefined,
        ),
      ],
    }),
  };
}

/** A node whose value is a result of its own, also where the function returned an argument or a variable. */
const ownResult = (node: Node): Node =>
  node.op === 'parameter' || node.realized !== undefined
    ? makeNode('identity', [node], { kind: 'contiguous' }, node.shape, node.dtype)
    : node;

function deviceOfTrace(
  graph: readonly Node[],
  given: readonly Tensor[],
  storages: readonly VariableStorage[],
): Device {
  const nodes = [
    ...graph,
    ...nodesOf([...given.map(({ node }) => node), ...storages.map(({ node }) => node)]),
  ];
  const named = [...given, ...storages].find(({ device }) => device !== undefined)?.device;
  return deviceOf(nodes) ?? named ?? getDevice();
}

/** The arguments with their tensors replaced by the trace's parameters. */
function withTensors<Arguments extends readonly unknown[]>(
  args: CompiledArguments<Arguments>,
  parameters: readonly Node[],
): Arguments;
function withTensors(args: readonly unknown[], parameters: readonly Node[]): readonly unknown[] {
  const left = [...parameters];
  return mapLeaves(args, (leaf) => {
    if (!(leaf instanceof Tensor) && typeof leaf !== 'number') return leaf;
    const parameter = left.shift();
    return parameter === undefined
      ? leaf
      : new Tensor(parameter, leaf instanceof Tensor ? leaf.device : undefined);
  });
}

function replay<Result>(recording: Recording<Result>, given: readonly Tensor[]): Result {
  const { device, program, returned, donated, donations } = recording;
  realizeNodes(
    given.map(({ node }) => node),
    device,
  );
  // Assignments made since, also to variables that this function only reads.
  flush(
    device,
    recording.parameters.flatMap((storage) => storage ?? []),
  );
  const buffers = given.map(({ node }) => requireBuffer(node.realized, device));
  requireDonatable(recording.name, donated, buffers, recording.captured);
  const takenOver = new Set(donations);
  const own = given.map(({ node }, index) =>
    takenOver.has(index) ? ownMemory(node, device) : node.realized,
  );
  const updated = new Set(recording.updated);
  const parameters = recording.parameters.map((storage, index): DeviceBuffer => {
    if (storage === undefined) return requireBuffer(own[index], device);
    return updated.has(storage) ? ownBuffer(storage, device) : requireBuffer(storage.buffer, device);
  });
  const fresh = returned.map(({ dtype, shape }, at) => {
    const from = donations[at];
    return from === undefined
      ? device.allocate(dtype, sizeOf(shape))
      : device.share(requireBuffer(parameters[from], device));
  });
  const targets = [...fresh, ...recording.updated.map((storage) => requireBuffer(storage.buffer, device))];
  device.submit(program, parameters, targets);
  // What took over the memory keeps it.
  for (const index of donated) {
    for (const buffer of new Set([buffers[index], parameters[index]])) {
      if (buffer !== undefined) device.release(buffer, `donated to "${recording.name}"`);
    }
  }
  let next = 0;
  return mapLeaves(recording.result, (leaf) => {
    const buffer = leaf instanceof Tensor ? fresh[next++] : undefined;
    return leaf instanceof Tensor && buffer !== undefined ? realizedTensor(leaf, buffer) : leaf;
  });
}

/** A buffer that may be overwritten: where a living graph names the variable's value, the variable moves to a copy. */
function ownBuffer(storage: VariableStorage, device: Device): DeviceBuffer {
  if (storage.isNamed()) storage.moveToOwnBuffer(() => flush(device));
  return requireBuffer(storage.buffer, device);
}

function realizedTensor({ shape, dtype }: Tensor, buffer: DeviceBuffer): Tensor {
  const node = makeNode('buffer', [], { buffer }, shape, dtype);
  node.realized = buffer;
  return new Tensor(node);
}

function requireBuffer(buffer: DeviceBuffer | undefined, device: Device): DeviceBuffer {
  if (buffer === undefined)
    throw new DeviceError(device.name, 'a value that was to be computed has no memory.');
  if (buffer.device !== device) {
    throw new DeviceError(
      'compile',
      `an argument lives on "${buffer.device.name}", the compiled function runs on "${device.name}".`,
      'move it first: await tensor.to(device).',
    );
  }
  return buffer;
}
