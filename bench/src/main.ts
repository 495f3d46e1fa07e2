/**
 * `npm run bench`: runs the workloads and prints the tables; see bench/README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtProgram } from './built';
import { findPeers, hadal, installPeers } from './contestants';
import { type Measurement, measure } from './measure';
import { type Overhead, overheadTable, overheadTitle } from './overhead';
import { workloads, writeProblem } from './problems';
import { table } from './report';

const scratch = join(import.meta.dirname, '../../.bench');

const { values } = parseArgs({
  options: {
    'install-peers': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    budget: { type: 'string', default: '60' },
    only: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
    json: { type: 'string', default: join(scratch, 'results.json') },
  },
});

const rounds = Number(values.rounds);
const budgetSeconds = Number(values.budget);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds ${values.rounds}: a whole number from 1.`);
if (!(budgetSeconds > 0)) throw new Error(`--budget ${values.budget}: seconds above 0.`);
const isChosen = (name: string): boolean =>
  !values.only || name.toLowerCase().includes(values.only.toLowerCase());
const chosen = workloads.filter(({ name }) => isChosen(name));
if (chosen.length === 0 && !isChosen(overheadTitle)) {
  throw new Error(
    `--only ${values.only}: no workload is called so. There are: ${[...workloads.map((each) => each.name), overheadTitle].join('; ')}.`,
  );
}
if (values['install-peers'] && !installPeers()) console.log('npm could not install the peers.');

const { present, missing } = values['no-peers'] ? { present: [], missing: [] } : findPeers();
const measurements: Measurement[] = [];
for (const workload of chosen) {
  const file = writeProblem(
    scratch,
    `${workload.name.replace(/\W+/g, '-').toLowerCase()}.bin`,
    workload.problem,
  );
  const found = await measure(workload, file, [hadal, ...present], { rounds, budgetSeconds });
  console.log(`${table(workload.name, found)}\n`);
  measurements.push(...found);
}

function measuredOverhead(): Overhead {
  const { stdout, stderr } = spawnSync(process.execPath, [builtProgram('overhead')], { encoding: 'utf8' });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the measurement of core's own work failed:\n${stderr}`);
  }
}
const overhead = isChosen(overheadTitle) ? measuredOverhead() : undefined;
if (overhead !== undefined) console.log(`${overheadTable(overhead)}\n`);
if (missing.length) console.log(`missing peers:\n${missing.map((line) => `  ${line}`).join('\n')}\n`);

const target = resolve(values.json);
mkdirSync(dirname(target), { recursive: true });
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
writeFileSync(target, `${JSON.stringify({ machine, measurements, overhead, missing }, null, 2)}\n`);
console.log(`written to ${target}`);
if (measurements.some(({ contestant, reason }) => contestant === hadal.name && reason !== undefined))
  process.exitCode = 1;
