/**
 * What a dispatch costs in JavaScript: a program that is run for the first time, one that is run again, a bare loop of
 * setPipeline, setBindGroup and dispatchWorkgroups over the same kernels, and one that makes the bind groups that a first run
 * needs and nothing else, in turns.
 *
 *   node --import tsx packages/backend-webgpu/bench/replay.ts
 *
 * In Node it needs the package `webgpu` and an adapter; VK_ICD_FILENAMES names the driver where it is not found by itself.
 */
import type { Buf, Dispatch } from '@hadal/core/backend';
import { all, scaleKernel } from '@hadal/testkit';
import { webgpuBackend } from '../src/index';

const DISPATCHES = 400;
const ROUNDS = 40;
const LENGTH = 64;
/** Buffers that the dispatches take in turns, as the values of a training step do. */
const BUFFERS = 40;

const backend = await webgpuBackend();
const { device } = backend;
const exec = await backend.prepare(scaleKernel);
const memory = (): Buf[] => Array.from({ length: BUFFERS }, () => backend.alloc(LENGTH * 4));
const buffers = memory();

/** Made anew each time, as a plan makes it. */
const program = (memory: readonly Buf[]): Dispatch[] =>
  Array.from({ length: DISPATCHES }, (_, i) => ({
    kind: 'kernel',
    exec,
    bindings: [i, i + 1 + Math.floor(i / BUFFERS)].map((at) => all(memory[at % BUFFERS] ?? backend.alloc(4))),
    scalars: [i],
    integers: [LENGTH],
  }));

const layout = device.createBindGroupLayout({
  entries: [
    { binding: 0, visibility: 4, buffer: { type: 'uniform', hasDynamicOffset: true } },
    { binding: 1, visibility: 4, buffer: { type: 'storage' } },
  ],
});
const code = `@group(0) @binding(0) var<uniform> args: vec4<u32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  values[id.x] = values[id.x] + f32(args.x);
}`;
const pipelines = ['1', '2'].map((suffix) =>
  device.createComputePipeline({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code: `${code}\n// ${suffix}` }) },
  }),
);
const uniform = device.createBuffer({ size: 256 * DISPATCHES, usage: 0x48 });
const groups = buffers.map(() =>
  device.createBindGroup({
    layout,
    entries: [
      { binding: 0, resource: { buffer: uniform, size: 16 } },
      { binding: 1, resource: { buffer: device.createBuffer({ size: LENGTH * 4, usage: 0x80 }) } },
    ],
  }),
);

function bare(): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  const offsets = new Uint32Array(1);
  for (let i = 0; i < DISPATCHES; i++) {
    const [pipeline, group] = [pipelines[i & 1], groups[i % BUFFERS]];
    if (pipeline === undefined || group === undefined) continue;
    offsets[0] = 256 * i;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, offsets, 0, 1);
    pass.dispatchWorkgroups(1);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}

const storages = device.createBindGroupLayout({
  entries: [
    { binding: 0, visibility: 4, buffer: { type: 'uniform', hasDynamicOffset: true } },
    { binding: 1, visibility: 4, buffer: { type: 'storage' } },
    { binding: 2, visibility: 4, buffer: { type: 'storage' } },
  ],
});

/** Kept as those of the backend are. */
const kept: GPUBindGroup[] = [];

function bareGroups(buffers: readonly GPUBuffer[]): void {
  for (let i = 0; i < DISPATCHES; i++) {
    const [from, to] = [i, i + 1 + Math.floor(i / BUFFERS)].map((at) => buffers[at % BUFFERS]);
    if (from === undefined || to === undefined) continue;
    const entries = [
      { binding: 0, resource: { buffer: uniform, size: 256 } },
      { binding: 1, resource: { buffer: from, offset: 0, size: LENGTH * 4 } },
      { binding: 2, resource: { buffer: to, offset: 0, size: LENGTH * 4 } },
    ];
    kept.push(device.createBindGroup({ label: 'bare', layout: storages, entries }));
  }
}

/** Microseconds that the thread spends on a dispatch, without what the GPU does. */
async function measured(work: () => void): Promise<number> {
  const start = performance.now();
  work();
  const spent = ((performance.now() - start) * 1000) / DISPATCHES;
  await device.queue.onSubmittedWorkDone();
  return spent;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

await measured(() => backend.run(program(buffers)));
const [first, again, loop, made]: [number[], number[], number[], number[]] = [[], [], [], []];
for (let round = 0; round < ROUNDS; round++) {
  const known = program(buffers);
  const fresh = program(memory());
  const bound = buffers.map(() => device.createBuffer({ size: LENGTH * 4, usage: 0x80 }));
  loop.push(await measured(bare));
  made.push(await measured(() => bareGroups(bound)));
  first.push(await measured(() => backend.run(fresh)));
  again.push(await measured(() => backend.run(known)));
}
const least = (values: readonly number[]): number => Math.min(...values);
const line = (name: string, values: readonly number[]): string =>
  `${name.padEnd(18)}${median(values).toFixed(2)} µs a dispatch in the median, ${least(values).toFixed(2)} at least`;
console.log(line('first encoding', first));
console.log(line('again', again));
console.log(line('bare loop', loop));
console.log(line('bare bind groups', made));
const ratio = (of: (values: readonly number[]) => number): string => (of(again) / of(loop)).toFixed(2);
console.log(`again / bare      ${ratio(median)} in the median, ${ratio(least)} of the least`);
await backend.close();
