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
import { type Step, schedule } from '../schedule/schedule';
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
  const plan = (graph: Graph, signature: Signature): Executable => {
    const known = plans.get(signature.key);
    if (known !== undefined && !known.failed) {
      hits++;
      return known;
    }
    for (const { dtype } of nodesOf(graph.outputs)) device.storageOf(dtype);
    const target = {
      caps: backend.caps,
      library: backend.library,
      storageOf: device.storageOf.bind(device),
    };
    const division = { graph, signature, device, backend, plan };
    let made = signature.divide?.(division);
    try {
      made ??= new Plan(device, backend, schedule(graph, signature, target), prepare);
    } catch (error) {
      if (!(error instanceof HiddenControl)) throw error;
      made = error.rules.divide(division);
    }
    planned++;
    plans.set(signature.key, made);
    return made;
  };
  const planner: Planner = {
    program(graph): Program {
      const signature = signatureOf(graph);
      const { leaves, slots } = signature;
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
