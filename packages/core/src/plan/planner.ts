/**
 * The planner of a backend: signature → plan from the cache, or schedule anew. Kernels are cached apart from plans, by
 * what they compute, so that a graph with another batch size gets a plan and compiles nothing.
 */
import type { Backend, Exec } from '../backend/interface';
import type { Device, Planner } from '../device/device';
import { copyGraph, type Graph, type Program } from '../device/program';
import { HiddenControl } from '../graph/control';
import { nodesOf } from '../graph/traverse';
import { Loading } from '../loading';
import { type Schedule, type Step, schedule, scheduling } from '../schedule/schedule';
import { BoundedCache } from './cache';
import type { Executable } from './executable';
import { Plan, type Prepare } from './plan';
import { type Signature, signatureOf } from './signature';

/** Prepared kernels hold about as many bytes as this, for each character of what tells them apart. */
const KERNEL_BYTES_PER_CHARACTER = 4;

interface Kernel {
  /** Undefined when it could not be prepared. */
  exec: Exec | Promise<Exec> | undefined;
  readonly heldBytes: number;
}

export function plannerOf(backend: Backend, device: Device, cacheBytes = 64 * 2 ** 20): Planner {
  const plans = new BoundedCache<Executable>(cacheBytes);
  // A kernel that is no longer kept here lives on in the plans that run it.
  const kernels = new BoundedCache<Kernel>(cacheBytes);
  let prepared = 0;
  let planned = 0;
  let hits = 0;
  const prepare: Prepare = (step) => {
    const key = keyOf(step);
    const known = kernels.get(key)?.exec;
    if (known !== undefined) return known;
    const exec = backend.prepare(step.kind === 'kernel' ? step.lowered.kernel : step.call);
    const made: Kernel = { exec, heldBytes: KERNEL_BYTES_PER_CHARACTER * key.length };
    kernels.set(key, made);
    prepared++;
    if (exec instanceof Promise) {
      exec.then(
        (ready) => {
          made.exec = ready;
        },
        () => {
          made.exec = undefined;
        },
      );
    }
    return exec;
  };
  const target = {
    caps: backend.caps,
    library: backend.library,
    storageOf: device.storageOf.bind(device),
  };
  const checkDtypes = (graph: Graph): void => {
    for (const { dtype } of nodesOf(graph.outputs)) device.storageOf(dtype);
  };
  const planOf = (schedule: Schedule): Plan => new Plan(device, backend, schedule, prepare);
  const keep = (signature: Signature, made: Executable): Executable => {
    planned++;
    plans.set(signature.key, made);
    return made;
  };
  const plan = (graph: Graph, signature: Signature): Executable => {
    const known = plans.get(signature.key);
    if (known !== undefined && !known.failed) {
      hits++;
      return known;
    }
    checkDtypes(graph);
    let made = signature.divide?.({ graph, signature, device, backend, plan });
    try {
      made ??= planOf(schedule(graph, signature, target));
    } catch (error) {
      made = hiddenPlanOf(error, graph, signature);
    }
    return keep(signature, made);
  };
  /** Of a graph whose control flow was only found while it was scheduled. Throws other errors again. */
  const hiddenPlanOf = (error: unknown, graph: Graph, signature: Signature): Executable => {
    if (!(error instanceof HiddenControl)) throw error;
    return error.rules.divide({ graph, signature, device, backend, plan });
  };
  /** Plans a graph in pieces, between which the backend's thread does what else it has to do. */
  const planInPieces = async (breathe: NonNullable<Backend['breathe']>, graph: Graph): Promise<void> => {
    const signature = signatureOf(graph);
    try {
      await breathe();
      checkDtypes(graph);
      const pieces = scheduling(graph, signature, target);
      for (let piece = pieces.next(); ; piece = pieces.next()) {
        if (piece.done) {
          keep(signature, planOf(piece.value));
          return;
        }
        const pause = breathe();
        if (pause !== undefined) await pause;
      }
    } catch (error) {
      if (!(error instanceof Loading)) {
        keep(signature, hiddenPlanOf(error, graph, signature));
        return;
      }
      await error.ready;
      await planInPieces(breathe, graph);
    }
  };
  const isNew = ({ key }: Signature): boolean => plans.get(key)?.failed ?? true;
  const planner: Planner = {
    program(graph): Program {
      const signature = signatureOf(graph);
      const { leaves, slots } = signature;
      const { breathe } = backend;
      if (breathe !== undefined && signature.divide === undefined && isNew(signature)) {
        const copy = copyGraph(graph);
        return deferredProgram(copy, planInPieces(breathe, copy), planner.program);
      }
      let found: Executable;
      try {
        found = plan(graph, signature);
      } catch (error) {
        if (!(error instanceof Loading)) throw error;
        return deferredProgram(copyGraph(graph), error.ready, planner.program);
      }
      return {
        run: (parameters, targets, observer) =>
          found.run(
            leaves.map((leaf) => {
              if ('buffer' in leaf) return leaf.buffer;
              const parameter = parameters[leaf.parameter];
              if (parameter === undefined) throw new Error(`parameter ${leaf.parameter} has no value`);
              return parameter;
            }),
            targets,
            slots,
            observer,
          ),
        plan: found,
        get dispatches() {
          return found.dispatches;
        },
      };
    },
    statistics: () => ({
      plans: planned,
      planHits: hits,
      kernels: prepared,
      cachedBytes: plans.heldBytes + kernels.heldBytes,
    }),
  };
  return planner;
}

/** A program that is planned once what its operations and dtypes need has been loaded. */
function deferredProgram(graph: Graph, loading: Promise<unknown>, plan: (graph: Graph) => Program): Program {
  let planned: Program | undefined;
  const ready = loading.then(() => {
    planned = plan(graph);
    return planned.ready;
  });
  // Whoever runs the program hears of a failure.
  ready.catch(() => undefined);
  return {
    ready,
    async run(parameters, targets, observer) {
      await ready;
      await planned?.run(parameters, targets, observer);
    },
    get plan() {
      return planned?.plan;
    },
    get dispatches() {
      return planned?.dispatches ?? [];
    },
  };
}

const keyOf = (step: Exclude<Step, { readonly kind: 'copy' }>): string =>
  step.kind === 'kernel' ? `loop ${step.lowered.kernel.key}` : `library ${step.call.key}`;
