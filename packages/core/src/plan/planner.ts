/**
 * The planner of a backend: signature → plan from the cache, or schedule anew. Kernels are cached apart from plans, by
 * what they compute, so that a graph with another batch size gets a plan and compiles nothing.
 */
import type { Backend, Exec } from '../backend/interface';
import type { Device, Planner } from '../device/device';
import { copyGraph, type Graph, type Program } from '../device/program';
import { nodesOf } from '../graph/traverse';
import { Loading } from '../loading';
import { type Step, schedule } from '../schedule/schedule';
import { BoundedCache } from './cache';
import type { Executable } from './executable';
import { Plan, type Prepare } from './plan';
import { type Signature, signatureOf } from './signature';

/** What cached plans may hold, in bytes. */
const PLAN_CACHE_BYTES = 64 * 2 ** 20;

export function plannerOf(backend: Backend, device: Device): Planner {
  const plans = new BoundedCache<Executable>(PLAN_CACHE_BYTES);
  const kernels = new Map<string, Exec | Promise<Exec>>();
  let planned = 0;
  let hits = 0;
  const prepare: Prepare = (step) => {
    const key = keyOf(step);
    const known = kernels.get(key);
    if (known !== undefined) return known;
    const made = backend.prepare(step.kind === 'kernel' ? step.lowered.kernel : step.call);
    kernels.set(key, made);
    if (made instanceof Promise) {
      made.then(
        (exec) => kernels.set(key, exec),
        () => kernels.delete(key),
      );
    }
    return made;
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
    const made =
      signature.divide?.({ graph, signature, device, backend, plan }) ??
      new Plan(device, backend, schedule(graph, signature, target), prepare);
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
        dispatches: found.dispatches,
      };
    },
    statistics: () => ({ plans: planned, planHits: hits, kernels: kernels.size }),
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
