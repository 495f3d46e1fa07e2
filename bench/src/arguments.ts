/** The command line of the benchmark. */
import { parseArgs } from 'node:util';

export interface BenchArguments {
  /** Letters, letters with numbers, or parts of names; empty: the default run. */
  readonly only: readonly string[];
  /** Names of peers, such as `torch`; by default all that compute where one of `own` does. */
  readonly peers: readonly string[];
  /** Hadal's own contestants, such as `hadal-cpu`. */
  readonly own: readonly string[];
  readonly threads: number;
  readonly rounds: number;
  readonly budgetSeconds: number;
  readonly installPeers: boolean;
  readonly list: boolean;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

/** Hadal's devices that compute on processors, which take part by default, and the one that computes on GPUs. */
const processorNames = ['hadal-cpu', 'hadal-native'] as const;
const gpuName = 'hadal-webgpu';
export const ownNames = [...processorNames, gpuName] as const;

/** What Hadal is measured beside on processors, and on GPUs. */
const processorPeers = ['torch', 'onnxruntime-node', 'onnxruntime-web', 'tfjs', 'jax-js'] as const;
const gpuPeers = ['tfjs-webgpu', 'jax-js-webgpu'] as const;
export const peerNames = [...processorPeers, ...gpuPeers] as const;

/** Peers that compute where one of these devices does. */
function peersBeside(own: readonly string[]): string[] {
  const hasProcessors = own.some((name) => name !== gpuName);
  return [...(hasProcessors ? processorPeers : []), ...(own.includes(gpuName) ? gpuPeers : [])];
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

function named(option: string, text: string, known: readonly string[]): string[] {
  const names = listOf(text);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names;
  throw new Error(`--${option} ${wrong}: there is no such contestant. There are: ${known.join(', ')}.`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${option} ${text}: a whole number from 1.`);
  return value;
}

/** @throws {Error} when an option is unknown or has no sense, with what it may be */
export function parseArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      contestants: { type: 'string', default: processorNames.join(',') },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '7' },
      budget: { type: 'string', default: '60' },
      'install-peers': { type: 'boolean', default: false },
      'no-peers': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
    },
  });
  const budgetSeconds = Number(values.budget);
  if (!(budgetSeconds > 0)) throw new Error(`--budget ${values.budget}: seconds above 0.`);
  const own = named('contestants', values.contestants, ownNames);
  const peers = values.peers === undefined ? peersBeside(own) : named('peers', values.peers, peerNames);
  return {
    only: listOf(values.only),
    peers: values['no-peers'] ? [] : peers,
    own,
    threads: wholeNumber('threads', values.threads),
    rounds: wholeNumber('rounds', values.rounds),
    budgetSeconds,
    installPeers: values['install-peers'],
    list: values.list,
    json: values.json,
    markdown: values.markdown,
  };
}

/** Whether `--only` names this: its letter, its letter and number, or a part of its name; nothing named: as by default. */
export function isChosen(
  only: readonly string[],
  { id, name, byDefault }: { readonly id: string; readonly name: string; readonly byDefault: boolean },
): boolean {
  if (only.length === 0) return byDefault;
  return only.some((text) => {
    const wanted = text.toLowerCase();
    const isId = /^[a-z]\d*$/.test(wanted);
    return isId ? id.toLowerCase().startsWith(wanted) : name.toLowerCase().includes(wanted);
  });
}
