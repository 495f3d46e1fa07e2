/**
 * From the start of a process to its first prediction: a saved perceptron is loaded, predicts once and the process ends.
 * What an empty process of the same runtime takes is subtracted. Starts are interleaved and the least of each counts,
 * since whatever else the machine does can only add to a start.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram } from './built';
import type { Entrant } from './contestants';
import { inferenceProblem } from './problems/models';
import { perceptron, predicting } from './problems/networks';
import { writeProblem } from './problems/write';
import { referencePrediction } from './reference/networks';
import { markdownTable } from './report';
import { digits } from './statistics';

export const coldStartTitle = 'cold start: process to first prediction of a saved MLP 784-64-64-10';

export interface ColdStart {
  readonly contestant: string;
  /** Least milliseconds of the whole process, and of an empty one. */
  readonly wholeMs?: number;
  readonly emptyMs?: number;
  readonly reason?: string;
}

/** Most that a prediction may be from its reference, whose values are of the order of 1. */
const tolerance = 1e-3;

interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it is told on its standard input. */
  readonly input: string;
}

function emptyOf({ command, env }: Start): Start {
  const args = command === process.execPath ? ['-e', ''] : ['-c', ''];
  return { command, args, input: '', ...(env && { env }) };
}

interface Finished {
  readonly milliseconds: number;
  readonly output: string;
  readonly failure: string | undefined;
}

function startOnce({ command, args, env, input }: Start): Finished {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const milliseconds = performance.now() - begin;
  return {
    milliseconds,
    output: stdout,
    failure: status === 0 ? undefined : stderr.trim().split('\n').at(-1),
  };
}

/** What a contestant says that it cannot do. */
function refusalIn(output: string): string | undefined {
  const line = output.split('\n').find((each) => each.startsWith('{"failed"'));
  const answer: unknown = line === undefined ? undefined : JSON.parse(line);
  return typeof answer === 'object' && answer !== null && 'failed' in answer
    ? String(answer.failed)
    : undefined;
}

/** The values in the last line that holds some. */
function valuesIn(output: string): number[] {
  const line = output.split('\n').findLast((each) => each.includes('"values"'));
  const answer: unknown = line === undefined ? undefined : JSON.parse(line);
  if (typeof answer !== 'object' || answer === null || !('values' in answer) || !Array.isArray(answer.values))
    return [];
  return answer.values.map(Number);
}

/** @param starts how often each is started, after one that is not counted and whose answer is checked */
export function measureColdStarts(
  entrants: readonly Entrant[],
  scratch: string,
  starts: number,
): ColdStart[] {
  const problem = inferenceProblem({ ...predicting(perceptron(1)), batches: 1 });
  const expected = referencePrediction(problem, 0);
  const file = writeProblem(scratch, 'cold-start.bin', problem);
  const folder = join(scratch, 'mlp');
  mkdirSync(folder, { recursive: true });
  const saved = startOnce({
    command: process.execPath,
    args: [builtProgram('hadal/save-mlp'), file, folder],
    input: '',
  });
  if (saved.failure !== undefined) throw new Error(`the perceptron could not be saved: ${saved.failure}`);
  const ownProgram = builtProgram('hadal/predict-once');
  const dialogue = `${JSON.stringify({ prepare: file })}\n${JSON.stringify({ round: 1 })}\n`;

  const participants = entrants.map((entrant) => {
    const { command, args, env, isOwn, group, name } = entrant;
    const start: Start = {
      command,
      args: isOwn ? [ownProgram, group.slice('hadal-'.length), folder, file] : args,
      input: isOwn ? '' : dialogue,
      ...(env && { env }),
    };
    const first = startOnce(start);
    const values = valuesIn(first.output);
    const isRight = expected.every((value, i) => Math.abs(value - (values[i] ?? Number.NaN)) <= tolerance);
    const wrong = isRight ? undefined : 'it predicts something else than the reference';
    const reason = first.failure ?? refusalIn(first.output) ?? wrong;
    return { name, start, empty: emptyOf(start), whole: [] as number[], bare: [] as number[], reason };
  });
  for (let round = 0; round < starts; round++)
    for (const { start, empty, whole, bare, reason } of participants) {
      if (reason !== undefined) continue;
      whole.push(startOnce(start).milliseconds);
      bare.push(startOnce(empty).milliseconds);
    }
  return participants.map(({ name: contestant, whole, bare, reason }) =>
    reason === undefined
      ? { contestant, wholeMs: Math.min(...whole), emptyMs: Math.min(...bare) }
      : { contestant, reason },
  );
}

/** @returns the heading and a markdown table */
export function coldStartSection(rows: readonly ColdStart[], starts: number): string {
  const lines = rows.map(({ contestant, wholeMs, emptyMs, reason }) =>
    wholeMs === undefined || emptyMs === undefined
      ? [contestant, '–', '', reason ?? '']
      : [contestant, digits(wholeMs - emptyMs), digits(wholeMs), digits(emptyMs)],
  );
  const header = ['contestant', 'ms beyond an empty process', 'whole', 'empty'];
  return `## F: ${coldStartTitle}\n\n${markdownTable(header, lines)}\n\nLeast of ${starts} interleaved starts each.`;
}
