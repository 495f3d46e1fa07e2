/**
 * `npm run bench`: runs the workloads and prints the tables; see bench/README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { adapterOfRun } from './adapter';
import { isChosen, parseArguments } from './arguments';
import { builtProgram } from './built';
import { type ColdStart, coldStartSection, coldStartTitle, measureColdStarts } from './cold-start';
import { hadalProgram, installPeers, ownEntrants, peerEntrants } from './contestants';
import { type FitOverhead, fitOverheadSection, fitOverheadTitle } from './fit-overhead';
import { measure, type WorkloadResult } from './measure';
import { type MemoryUse, measureMemory, memorySection, memoryTitle } from './memory';
import { type Overhead, overheadTable, overheadTitle } from './overhead';
import { trainingProblem } from './problems/models';
import { perceptron } from './problems/networks';
import { writeProblem } from './problems/write';
import { ratiosOf, section } from './report';
import { workloads } from './workloads';

const scratch = join(import.meta.dirname, '../../.bench');
const options = parseArguments(process.argv.slice(2));

const overheadEntry = { id: 'F', name: overheadTitle, byDefault: true };
const coldStartEntry = { id: 'F', name: coldStartTitle, byDefault: true };
const memoryEntry = { id: 'F', name: memoryTitle, byDefault: true };
const fitEntry = { id: 'F', name: fitOverheadTitle, byDefault: true };
const extras = [overheadEntry, fitEntry, coldStartEntry, memoryEntry];
if (options.list) {
  for (const { id, name, byDefault } of [...workloads, ...extras])
    console.log(`${id.padEnd(3)} ${byDefault ? '*' : ' '} ${name}`);
  console.log('\n* is part of a run without --only.');
  process.exit();
}

const chosen = workloads.filter((workload) => isChosen(options.only, workload));
const isExtraChosen = (entry: (typeof extras)[number]): boolean => isChosen(options.only, entry);
if (chosen.length === 0 && !extras.some(isExtraChosen)) {
  throw new Error(`--only ${options.only.join(',')}: no workload is called so; --list shows all.`);
}
if (options.installPeers) for (const problem of installPeers()) console.log(problem);

const { threads, rounds, budgetSeconds } = options;
const own = await ownEntrants(options.own, threads);
const peers = peerEntrants(options.peers, threads);
const missing = [...own.missing, ...peers.missing];
const entrants = [...own.present, ...peers.present];
/** What those computed on that use WebGPU. */
const adapter = entrants.some(({ group }) => group.endsWith('-webgpu')) ? adapterOfRun() : undefined;
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  ...(typeof adapter === 'object' && { adapter: adapter.name }),
};

const parts: string[] = [];
function print(part: string): void {
  parts.push(part);
  console.log(`${part}\n`);
}

print(
  `# Hadal beside its peers\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}${machine.adapter ? `, WebGPU on ${machine.adapter}` : ''}; ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${rounds} rounds, load ${loadavg()[0]?.toFixed(1)} before. Medians, and the ratio of medians with its 90 % interval; bold is the best setting of a peer.`,
);
const results: WorkloadResult[] = [];
for (const workload of chosen) {
  const result = await measure(workload, entrants, {
    rounds,
    budgetSeconds,
    write: (problem, extents) => writeProblem(scratch, `${problem.spec.kind}-${extents}.bin`, problem),
    interpreter: () => hadalProgram('interpreter', 1),
  });
  print(section(result));
  results.push(result);
}

/** What one of Hadal's own programs measured. */
function measured<Result>(program: string, what: string): Result {
  const { stdout, stderr } = spawnSync(process.execPath, [builtProgram(program)], { encoding: 'utf8' });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the measurement of ${what} failed:\n${stderr}`);
  }
}
const overhead = isExtraChosen(overheadEntry) ? measured<Overhead>('overhead', "core's own work") : undefined;
if (overhead !== undefined) print(overheadTable(overhead));
const fitOverheads = isExtraChosen(fitEntry) ? measured<FitOverhead[]>('fit-overhead', '`fit`') : undefined;
if (fitOverheads !== undefined) print(fitOverheadSection(fitOverheads));

/** A setting that is fast once it is warm is not how one starts: a peer starts in its first. */
const firstSettings = entrants.filter(
  ({ group }, at) => entrants.findIndex((other) => other.group === group) === at,
);
let coldStarts: ColdStart[] | undefined;
if (isExtraChosen(coldStartEntry)) {
  coldStarts = measureColdStarts(firstSettings, scratch, rounds);
  print(coldStartSection(coldStarts, rounds));
}
let memory: MemoryUse[] | undefined;
if (isExtraChosen(memoryEntry)) {
  memory = await measureMemory(
    firstSettings,
    writeProblem(scratch, 'memory.bin', trainingProblem(perceptron(32))),
  );
  print(memorySection(memory));
}
if (missing.length) print(`Missing:\n\n${missing.map((line) => `- ${line}`).join('\n')}`);

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`written to ${path}`);
}
const ratios = results.map(({ id, workload, measurements }) => ({
  id,
  workload,
  ratios: ratiosOf(measurements),
}));
write(
  resolve(options.json ?? join(scratch, 'results.json')),
  `${JSON.stringify({ date: new Date().toISOString(), machine, threads, results, ratios, overhead, fitOverheads, coldStarts, memory, missing }, null, 2)}\n`,
);
write(resolve(options.markdown ?? join(scratch, 'results.md')), `${parts.join('\n\n')}\n`);
if (
  results.some(({ measurements }) => measurements.some(({ isOwn, reason }) => isOwn && reason !== undefined))
)
  process.exitCode = 1;
