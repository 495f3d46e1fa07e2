/**
 * What core's own work costs before anything is computed: describing a training step of about a thousand nodes, writing
 * its signature, finding its plan, and planning it where there is none yet. Run as a program it prints the times as one
 * line of JSON; it is a process of its own, like every contestant.
 */
import { pathToFileURL } from 'node:url';
import { cpu, cpuBackend } from '@hadal/backend-cpu';
import { createDevice, type Device } from '@hadal/core';
import { nodesOf, signatureOf } from '@hadal/core/graph';
import { buildStep, stepData } from './overhead-graph';
import { digits, median } from './statistics';

export const overheadTitle = "Hadal's own work on a graph";

/** Times of one phase over all rounds, in milliseconds. */
export interface Phase {
  readonly name: string;
  readonly medianMs: number;
  readonly leastMs: number;
  readonly rounds: number;
}

export interface Overhead {
  readonly nodes: number;
  readonly dispatches: number;
  readonly phases: readonly Phase[];
}

export interface OverheadOptions {
  readonly nodes: number;
  /** Rounds that are timed, each on a new graph; as many run before the clock starts. */
  readonly rounds: number;
  /** Rounds in which the graph is planned anew. */
  readonly missRounds: number;
}

/** A device on this backend that plans like any other and compiles nothing. */
function planningDevice(): Device {
  return createDevice(Object.assign(cpuBackend(), { prepare: ({ name }: { name: string }) => ({ name }) }));
}

/** Times every phase; a round builds its graphs anew, as a training step does. */
export async function measureOverhead({ nodes, rounds, missRounds }: OverheadOptions): Promise<Overhead> {
  const device = await cpu();
  const data = await stepData(device, nodes);
  const graph = () => {
    const outputs = buildStep(data);
    return { outputs, updates: outputs.map(() => undefined) };
  };
  // Planning may load a part of core or of the backend first.
  const first = device.program(graph());
  await first.ready;
  const { dispatches } = device.program(graph());

  const build: number[] = [];
  const signature: number[] = [];
  const hit: number[] = [];
  const total: number[] = [];
  const miss: number[] = [];
  const now = (): number => performance.now();
  for (let round = -rounds; round < rounds; round++) {
    const begin = now();
    const described = graph();
    const built = now();
    signatureOf(described);
    const signed = now();
    const again = graph();
    const rebuilt = now();
    device.program(again);
    const found = now();
    if (round < 0) continue;
    build.push(built - begin);
    signature.push(signed - built);
    hit.push(found - rebuilt);
    total.push(found - signed);
  }
  for (let round = -missRounds; round < missRounds; round++) {
    const unplanned = planningDevice();
    const described = graph();
    const begin = now();
    unplanned.program(described);
    if (round >= 0) miss.push(now() - begin);
    await unplanned.close();
  }
  const phase = (name: string, list: readonly number[]): Phase => ({
    name,
    medianMs: median(list),
    leastMs: Math.min(...list),
    rounds: list.length,
  });
  return {
    nodes: nodesOf(graph().outputs).length,
    dispatches: dispatches.length,
    phases: [
      phase('build', build),
      phase('signature', signature),
      phase('signature and plan from the cache', hit),
      phase('build, signature and plan from the cache', total),
      phase('plan anew, without compiling', miss),
    ],
  };
}

/** @returns lines of a table: phase, median, least */
export function overheadTable({ nodes, dispatches, phases }: Overhead): string {
  const width = Math.max(...phases.map(({ name }) => name.length));
  const lines = phases.map(
    ({ name, medianMs, leastMs, rounds }) =>
      `  ${name.padEnd(width)}  ${digits(medianMs)} ms, least ${digits(leastMs)} ms (${rounds} rounds)`,
  );
  return [`${overheadTitle} of ${nodes} nodes (${dispatches} dispatches)`, ...lines].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await measureOverhead({ nodes: 1000, rounds: 400, missRounds: 30 })));
