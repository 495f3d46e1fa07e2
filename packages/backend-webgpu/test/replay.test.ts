/** What a program costs when it is run again: nothing but its commands. */
import type { Dispatch } from '@hadal/core/backend';
import { all, bytesOf, floatsOf, scaleKernel } from '@hadal/testkit';
import { expect, it, vi } from 'vitest';
import { webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';

describeWebGpu('a program that is run again', () => {
  it('takes one submission of one pass, and makes neither bind groups nor pipelines', async () => {
    const backend = await webgpuBackend();
    const exec = await backend.prepare(scaleKernel);
    const bufs = [1, 2, 3].map(() => backend.alloc(12));
    const [x, y, z] = bufs.map(all);
    if (x === undefined || y === undefined || z === undefined)
      throw new RangeError('there are three buffers');
    backend.write(x.buf, 0, bytesOf([1, 2, 3]));
    const program = (scalar: number): Dispatch[] => [
      { kind: 'kernel', exec, bindings: [x, y], scalars: [scalar], integers: [3] },
      { kind: 'kernel', exec, bindings: [y, z], scalars: [scalar], integers: [3] },
      { kind: 'copy', from: z, to: x },
    ];
    backend.run(program(2));
    const { device } = backend;
    const made = [
      vi.spyOn(device, 'createBindGroup'),
      vi.spyOn(device, 'createComputePipeline'),
      vi.spyOn(device, 'createBuffer'),
    ];
    const encoders = vi.spyOn(device, 'createCommandEncoder');
    const submissions = vi.spyOn(device.queue, 'submit');
    backend.run(program(10));
    expect(made.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
    expect([encoders.mock.calls.length, submissions.mock.calls.length]).toEqual([1, 1]);
    // 2 (2 x + 1) + 1, and then 10 (10 x + 1) + 1.
    expect(floatsOf(await backend.read(x.buf, 0, 12))).toEqual([711, 1111, 1511]);
  });

  it('binds anew what was freed, though a new buffer has the same size', async () => {
    const backend = await webgpuBackend();
    const exec = await backend.prepare(scaleKernel);
    const out = backend.alloc(4);
    for (const value of [1, 2, 3]) {
      const given = backend.alloc(4);
      backend.write(given, 0, bytesOf([value]));
      backend.run([{ kind: 'kernel', exec, bindings: [all(given), all(out)], scalars: [5], integers: [1] }]);
      expect(floatsOf(await backend.read(out, 0, 4))).toEqual([5 * value + 1]);
      backend.free(given);
      expect(() =>
        backend.run([
          { kind: 'kernel', exec, bindings: [all(given), all(out)], scalars: [5], integers: [1] },
        ]),
      ).toThrow(/was freed/);
    }
  });

  it('runs in parts where its arguments fill more than the buffer for them', async () => {
    const backend = await webgpuBackend();
    const exec = await backend.prepare(scaleKernel);
    const [x, y] = [backend.alloc(4), backend.alloc(4)].map(all);
    if (x === undefined || y === undefined) throw new RangeError('there are two buffers');
    const rounds = 3000;
    backend.run(
      Array.from({ length: 2 * rounds }, (_, i) => ({
        kind: 'kernel',
        exec,
        bindings: i % 2 === 0 ? [x, y] : [y, x],
        scalars: [1],
        integers: [1],
      })),
    );
    expect(floatsOf(await backend.read(x.buf, 0, 4))).toEqual([2 * rounds]);
  });
});

describeWebGpu('ranges of one buffer', () => {
  it('may be read twice and overlap what is written, as if they had been copied before', async () => {
    const backend = await webgpuBackend();
    const exec = await backend.prepare({
      ...scaleKernel,
      key: 'the second of two',
      buffers: [{ storage: 'f32', access: 'read' }, ...scaleKernel.buffers],
      scalars: [],
      stages: [
        {
          loop: [],
          body: [0, 1].map((i) => ({
            op: 'load',
            to: i,
            type: 'f32',
            buffer: i,
            address: { offset: 0, terms: [{ axis: 0, stride: 1 }] },
          })),
          accumulators: [],
          stores: [{ buffer: 2, address: { offset: 0, terms: [{ axis: 0, stride: 1 }] }, value: 1 }],
        },
      ],
    });
    const buf = backend.alloc(1024);
    backend.write(buf, 0, bytesOf(Array.from({ length: 256 }, (_, i) => i)));
    const range = { buf, offset: 256, bytes: 256 };
    backend.run([{ kind: 'kernel', exec, bindings: [range, range, range], scalars: [], integers: [64] }]);
    expect(floatsOf(await backend.read(buf, 256, 256))).toEqual(Array.from({ length: 64 }, (_, i) => 64 + i));
    const other = backend.alloc(256);
    backend.run([
      { kind: 'kernel', exec, bindings: [range, all(buf), all(other)], scalars: [], integers: [64] },
    ]);
    expect(floatsOf(await backend.read(other, 0, 256))).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });
});
