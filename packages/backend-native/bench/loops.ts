/**
 * Speed of element-wise chains and row kernels beside PyTorch, on one thread each, taking turns so that both meet the same
 * machine, and in processor time, which other programs disturb less:
 * `HADAL_PYTHON=python3 npx tsx packages/backend-native/bench/loops.ts [part of a name]`.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { compile, layerNorm, setDevice, type Tensor, tensor } from '@hadal/core';
import { native } from '../src/index';

const ROUNDS = 5;
const RUNS = 4;

const device = await native({ threads: 1 });
setDevice(device);

interface Case {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly hadal: (x: Tensor) => Tensor;
  readonly torch: string;
}

const cases: readonly Case[] = [
  { name: 'x·2 + 1, 4 M', shape: [2048, 2048], hadal: (x) => x.mul(2).add(1), torch: 'x * 2 + 1' },
  {
    name: 'relu(x·2 + 1)·x, 4 M',
    shape: [2048, 2048],
    hadal: (x) => x.mul(2).add(1).relu().mul(x),
    torch: 'torch.relu(x * 2 + 1) * x',
  },
  { name: 'exp(x), 1 M', shape: [1024, 1024], hadal: (x) => x.exp(), torch: 'torch.exp(x)' },
  { name: 'tanh(x), 1 M', shape: [1024, 1024], hadal: (x) => x.tanh(), torch: 'torch.tanh(x)' },
  { name: 'sum, 4 M', shape: [2048, 2048], hadal: (x) => x.sum(), torch: 'x.sum()' },
  { name: 'sum of rows, 4 M', shape: [2048, 2048], hadal: (x) => x.sum(1), torch: 'x.sum(1)' },
  { name: 'sum of columns, 4 M', shape: [2048, 2048], hadal: (x) => x.sum(0), torch: 'x.sum(0)' },
  {
    name: 'softmax, 4096 × 1024',
    shape: [4096, 1024],
    hadal: (x) => x.softmax(),
    torch: 'torch.softmax(x, -1)',
  },
  {
    name: 'softmax, 65536 × 10',
    shape: [65536, 10],
    hadal: (x) => x.softmax(),
    torch: 'torch.softmax(x, -1)',
  },
  {
    name: 'layer norm, 4096 × 1024',
    shape: [4096, 1024],
    hadal: (x) => layerNorm(x),
    torch: 'torch.nn.functional.layer_norm(x, (x.shape[1],))',
  },
  {
    name: 'transpose + 1, 4 M',
    shape: [2048, 2048],
    hadal: (x) => x.transpose().add(1),
    torch: '(x.t() + 1).contiguous()',
  },
];

/** Runs the expressions of standard input, one a line with its shape before it; answers with milliseconds. */
const PEER = `
import sys, time, torch
torch.set_num_threads(1)
inputs = {}
for line in sys.stdin:
    rows, columns, text = line.split(" ", 2)
    key = (int(rows), int(columns))
    if key not in inputs:
        inputs[key] = torch.arange(key[0] * key[1], dtype=torch.float32).mul(0.37).sin().reshape(key)
    run = eval("lambda x: " + text)
    x = inputs[key]
    run(x)
    start = time.process_time()
    for _ in range(${RUNS}): run(x)
    print((time.process_time() - start) * 1000 / ${RUNS}, flush=True)
`;

const peer = spawn(process.env.HADAL_PYTHON ?? 'python3', ['-c', PEER], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

async function torchMs({ shape, torch }: Case): Promise<number> {
  peer.stdin.write(`${shape.join(' ')} ${torch}\n`);
  return Number((await answers.next()).value);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

for (const each of cases.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
  const [rows, columns] = each.shape;
  const x = await tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 0.37)),
    { shape: each.shape },
  ).realize();
  const run = compile(each.hadal);
  const hadalMs = async (): Promise<number> => {
    (await (await run(x)).realize()).dispose();
    await device.sync();
    const start = process.cpuUsage();
    for (let i = 0; i < RUNS; i++) {
      const result = await run(x);
      await result.realize();
      result.dispose();
    }
    await device.sync();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / RUNS;
  };
  const ratios: number[] = [];
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const hadal = await hadalMs();
    const torch = await torchMs(each);
    own.push(hadal);
    theirs.push(torch);
    ratios.push(torch / hadal);
  }
  console.log(
    `${each.name.padEnd(26)} ${median(own).toFixed(3).padStart(9)} ms, PyTorch ${median(theirs).toFixed(3).padStart(9)} ms, ${median(ratios).toFixed(2)} times as fast`,
  );
}
peer.stdin.end();
