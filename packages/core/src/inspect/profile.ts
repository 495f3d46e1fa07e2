/**
 * Where the time goes: programs run one dispatch at a time, each waited for, and every one is timed.
 *
 * It needs nothing of a backend but `run` and `sync`, so it works on all of them. What it cannot see is what waiting
 * between dispatches costs: on a device that runs behind the program the total is over that of an ordinary run, unless its
 * backend has `timed`, which knows what dispatches take by themselves.
 */
import type { Backend, Dispatch } from '../backend/interface';
import { debugHook } from '../device/debug-hook';
import type { Device } from '../device/device';
import type { Program } from '../device/program';
import { setRunHook } from '../device/run-hook';
import { ArgumentError } from '../errors';
import type { Node } from '../graph/node';
import type { RunObserver } from '../plan/observer';
import type { BaseBuffer } from '../schedule/placement';
import type { Step } from '../schedule/schedule';
import { formatShape, sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import { tensorsOf } from '../tensors-of';
import { type Cost, costOfNode, costOfStep } from './cost';
import { formatProfile } from './format-profile';
import { planTensors } from './program-for';
import { schedulesOf } from './schedules';

export interface ProfileOptions {
  /** Runs that are measured. Default 10. */
  readonly runs?: number;
  /** Runs before them, which plan and compile. Default 2. */
  readonly warmup?: number;
}

/** A kernel, a library call or a copy; on the interpreter all operations of one kind, layer and shape. */
export interface ProfileEntry {
  /** Kernel or library call, after the operations in it. */
  readonly name: string;
  /** What it is. */
  readonly kind: 'kernel' | 'library' | 'copy' | 'operation';
  /** In one run; more than 1 in loops. */
  readonly calls: number;
  /** Time of all calls of one run, in milliseconds: the median over the runs, and the least. */
  readonly medianMs: number;
  /** The same of the fastest run. */
  readonly minMs: number;
  /** Bytes read and written in one run. */
  readonly bytes: number;
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** 10⁹ operations per second, by the median time. */
  readonly gflopsPerSecond: number;
  /** 10⁹ bytes per second, by the median time. */
  readonly gigabytesPerSecond: number;
  /** Of the time of all entries, 0 to 1. */
  readonly share: number;
}

/** Plain data; as text it is a table. */
export interface Profile {
  /** Names of the devices that ran something. */
  readonly devices: readonly string[];
  /** How often everything was run. */
  readonly runs: number;
  /** In the order in which they first ran. */
  readonly entries: readonly ProfileEntry[];
  /** Time spent in dispatches in one run, in milliseconds. */
  readonly medianMs: number;
  /** The same of the fastest run. */
  readonly minMs: number;
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes read and written in one run. */
  readonly bytes: number;
  /** The largest arena of the programs that ran. */
  readonly arenaBytes: number;
}

/**
 * Runs something repeatedly and reports what each dispatch of it takes.
 *
 * A function is called for every run, and tensors in its result that are not computed yet are; compiled functions are
 * what one usually passes. Tensors are computed again for every run and stay as they are. Other work on the same
 * devices in the meantime is counted as well.
 *
 * What is counted as a floating-point operation, and as bytes: additions, multiplications, comparisons and functions on
 * floating-point values once each, 2·M·N·K for a product, one for each element that a reduction combines, nothing for
 * integers and for what moves values; every element read or written once.
 *
 * @param what a function (which may be asynchronous), a tensor, or several
 * @throws {ArgumentError} for fewer than one run, and in debug mode, whose checks would be what is measured
 * @example
 * const step = compile((x: Tensor) => x.matmul(x).relu().sum());
 * const x = ones([64, 64]);
 * console.log(String(await profile(() => step(x), { runs: 3 })));
 */
export async function profile(
  what: (() => unknown) | Tensor | readonly Tensor[],
  { runs = 10, warmup = 2 }: ProfileOptions = {},
): Promise<Profile> {
  requireCount('runs', runs, 1);
  requireCount('warmup', warmup, 0);
  if (debugHook() !== undefined) {
    throw new ArgumentError(
      'profile',
      'debug mode is on, its checks would be measured.',
      'setDebug(false) first.',
    );
  }
  const once = typeof what === 'function' ? what : await repeated(what instanceof Tensor ? [what] : what);
  const profiler = new Profiler();
  for (let run = 0; run < warmup + runs; run++) {
    const watched = run >= warmup;
    setRunHook((device, program) => profiler.watch(device, program, watched));
    try {
      await computed(await once());
      await profiler.finishRun(watched);
    } finally {
      setRunHook(undefined);
    }
  }
  return profiler.report(runs);
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ArgumentError('profile', `${name} is ${value}.`, `pass an integer, ${least} or more.`);
}

/** Computes tensors into new memory at each call. */
async function repeated(tensors: readonly Tensor[]): Promise<() => void> {
  const planned = await planTensors('profile', tensors);
  if (planned === undefined) return () => undefined;
  const { device, program, outputs } = planned;
  return () => {
    const targets = outputs.map(({ dtype, shape }) => device.allocate(dtype, sizeOf(shape)));
    device.submit(program, [], targets);
    for (const target of targets) device.release(target);
  };
}

/** Computes the tensors in what a function returned. */
async function computed(result: unknown): Promise<void> {
  for (const tensor of tensorsOf(result)) await tensor.realize();
}

/** What is known of an entry; its times are added run by run. */
interface Measured {
  readonly name: string;
  readonly kind: ProfileEntry['kind'];
  readonly cost: Cost;
  calls: number;
  readonly milliseconds: number[];
}

/** Collects times over runs. */
class Profiler {
  readonly #entries = new Map<Step | string, Measured>();
  readonly #devices = new Set<Device>();
  readonly #totals: number[] = [];
  readonly #current = new Map<Step | string, { calls: number; milliseconds: number }>();
  #arenaBytes = 0;
  #failure: unknown;

  /** The program, reporting here; where it is not measured, only its device and its failures. */
  watch(device: Device, program: Program, measured: boolean): Program {
    this.#devices.add(device);
    const run: Program['run'] = async (parameters, targets) => {
      try {
        await program.ready;
        this.#arenaBytes = Math.max(this.#arenaBytes, program.plan?.arenaBytes ?? 0);
        await program.run(parameters, targets, measured ? this.#observer(program) : undefined);
      } catch (error) {
        this.#failure ??= error;
        throw error;
      }
    };
    return { run, dispatches: [] };
  }

  /** Waits for the devices, and closes a run. */
  async finishRun(measured: boolean): Promise<void> {
    for (const device of this.#devices) await device.sync();
    if (this.#failure !== undefined) throw this.#failure;
    if (!measured) return;
    let total = 0;
    for (const [key, { calls, milliseconds }] of this.#current) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entry.calls = calls;
      entry?.milliseconds.push(milliseconds);
      total += milliseconds;
    }
    this.#totals.push(total);
    this.#current.clear();
  }

  report(runs: number): Profile {
    const measured = [...this.#entries.values()];
    const times = measured.map(({ milliseconds }) => median(milliseconds));
    const sum = times.reduce((total, each) => total + each, 0);
    const entries = measured.map(({ name, kind, cost, calls, milliseconds }, index): ProfileEntry => {
      const medianMs = times[index] ?? 0;
      const flops = cost.flops * calls;
      const bytes = cost.bytes * calls;
      const perSecond = (amount: number): number => (medianMs === 0 ? 0 : amount / medianMs / 1e6);
      return {
        name,
        kind,
        calls,
        medianMs,
        minMs: Math.min(...milliseconds),
        bytes,
        flops,
        gflopsPerSecond: perSecond(flops),
        gigabytesPerSecond: perSecond(bytes),
        share: sum === 0 ? 0 : medianMs / sum,
      };
    });
    const result: Profile = {
      devices: [...this.#devices].map(({ name }) => name),
      runs,
      entries,
      medianMs: median(this.#totals),
      minMs: Math.min(...this.#totals),
      flops: entries.reduce((total, { flops }) => total + flops, 0),
      bytes: entries.reduce((total, { bytes }) => total + bytes, 0),
      arenaBytes: this.#arenaBytes,
    };
    // Not enumerable: the profile stays plain data to whoever stores or sends it.
    return Object.defineProperty(result, 'toString', { value: () => formatProfile(result) });
  }

  #observer({ plan }: Program): RunObserver {
    const steps = new WeakMap<Dispatch, Step>();
    const basesOf = new Map<Step, readonly BaseBuffer[]>();
    for (const schedule of schedulesOf(plan?.sections ?? []))
      for (const step of schedule.steps) basesOf.set(step, schedule.bases);
    let last = performance.now();
    return {
      bound: (dispatches, of) => {
        dispatches.forEach((dispatch, index) => {
          const step = of[index];
          if (step !== undefined) steps.set(dispatch, step);
        });
      },
      through: (backend) =>
        oneByOne(backend, (dispatch, milliseconds) => {
          const step = steps.get(dispatch);
          const bytes = dispatch.kind === 'copy' ? 2 * dispatch.from.bytes : 0;
          const name = step?.name ?? `between iterations, ${bytes / 2} bytes`;
          const bases = step && basesOf.get(step);
          const cost = (): Cost => (step && bases ? costOfStep(step, bases) : { flops: 0, bytes });
          this.#add(step ?? name, name, step?.kind ?? 'copy', milliseconds, cost);
        }),
      evaluated: (node) => {
        const now = performance.now();
        const name = operationName(node);
        // Leaves are there already, and what a composite consists of has been reported.
        if (node.inputs.length > 0 && node.op !== 'composite')
          this.#add(name, name, 'operation', now - last, () => costOfNode(node));
        // What recording takes is not the next operation's.
        last = performance.now();
      },
    };
  }

  #add(
    key: Step | string,
    name: string,
    kind: ProfileEntry['kind'],
    milliseconds: number,
    cost: () => Cost,
  ): void {
    if (!this.#entries.has(key))
      this.#entries.set(key, { name, kind, cost: cost(), calls: 0, milliseconds: [] });
    const current = this.#current.get(key) ?? { calls: 0, milliseconds: 0 };
    current.calls++;
    current.milliseconds += milliseconds;
    this.#current.set(key, current);
  }
}

const operationName = ({ op, shape, scope, inputs }: Node): string => {
  const operands = inputs.map((input) => formatShape(input.shape)).join(' ');
  return `${op} ${operands}${operands === '' ? '' : ' → '}${formatShape(shape)}${scope === '' ? '' : ` in ${scope}`}`;
};

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** A backend that runs each dispatch alone, waits for it and reports how long it took. */
function oneByOne(backend: Backend, report: (dispatch: Dispatch, milliseconds: number) => void): Backend {
  let tail = backend.sync();
  // Whoever waits for the tail hears of a failure.
  const follow = (next: Promise<void>): void => {
    next.catch(() => undefined);
    tail = next;
  };
  return {
    apiVersion: backend.apiVersion,
    name: backend.name,
    caps: backend.caps,
    alloc: (bytes) => backend.alloc(bytes),
    free: (buf) => backend.free(buf),
    write: (buf, at, source) => backend.write(buf, at, source),
    prepare: (kernel) => backend.prepare(kernel),
    close: () => backend.close(),
    sync: () => tail,
    async read(buf, at, bytes) {
      await tail;
      return backend.read(buf, at, bytes);
    },
    run(dispatches) {
      const timed = async (before: Promise<void>): Promise<void> => {
        await before;
        for (const dispatch of dispatches) {
          if (backend.timed !== undefined) {
            report(dispatch, await backend.timed(dispatch));
            continue;
          }
          const start = performance.now();
          backend.run([dispatch]);
          await backend.sync();
          report(dispatch, performance.now() - start);
        }
      };
      follow(timed(tail));
    },
  };
}
