/**
 * What the backend interface promises, tested without core: memory, kernels and programs.
 *
 * The conformance suite tests whole devices; this one names the rule that a backend breaks.
 */
import type { Backend } from '@hadal/core/backend';
import type { ConformanceCase } from '../conformance/case';
import { requireRefusal, requireSame } from './expect';
import { all, bytesOf, floatsOf, scale, scaleKernel } from './scale';

export interface BackendSuiteOptions<B extends Backend> {
  /** Makes a new backend. */
  readonly backend: () => B | Promise<B>;
  /** Makes one that may hold so many bytes; left out, limits are not tested. */
  readonly limited?: (bytes: number) => B | Promise<B>;
  /** Bytes that are allocated; left out, leaks are not tested. */
  readonly usedBytes?: (backend: B) => number;
  /** Keeps only some cases. */
  readonly filter?: (group: string, name: string) => boolean;
}

/** A case is given how to make a new backend. */
type Case = readonly [group: string, name: string, run: (make: () => Promise<Backend>) => Promise<void>];

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

const kernels: readonly Case[] = [
  [
    'kernels',
    'run for any number of elements, of the arguments of each call',
    async (make) => {
      const backend = await make();
      const exec = await backend.prepare(scaleKernel);
      for (const length of [0, 1, 3, 4, 5, 8, 31, 1000]) {
        const values = upTo(length);
        requireSame(
          await scale(backend, values, 2, exec),
          values.map((x) => 2 * x + 1),
        );
      }
    },
  ],
  [
    'kernels',
    'may share an address object between buffers',
    async (make) => {
      const backend = await make();
      const address = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
      const [x, y, z] = [backend.alloc(20), backend.alloc(20), backend.alloc(20)];
      backend.write(x, 0, bytesOf([1, 2, 3, 4, 5]));
      backend.write(y, 0, bytesOf([10, 20, 30, 40, 50]));
      const exec = await backend.prepare({
        ...scaleKernel,
        key: 'add',
        buffers: [{ storage: 'f32', access: 'read' }, ...scaleKernel.buffers],
        scalars: [],
        stages: [
          {
            loop: [],
            body: [
              { op: 'load', to: 0, type: 'f32', buffer: 0, address },
              { op: 'load', to: 1, type: 'f32', buffer: 1, address },
              { op: 'add', to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
            ],
            accumulators: [],
            stores: [{ buffer: 2, address, value: 2 }],
          },
        ],
      });
      backend.run([{ kind: 'kernel', exec, bindings: [all(x), all(y), all(z)], scalars: [], integers: [5] }]);
      requireSame(floatsOf(await backend.read(z, 0, 20)), [11, 22, 33, 44, 55]);
    },
  ],
  [
    'kernels',
    'are bound to ranges at any multiple of the alignment, and write nothing beside them',
    async (make) => {
      const backend = await make();
      const { alignment } = backend.caps;
      const [from, to] = [alignment, 10 * Math.max(alignment, 4)];
      const flat = backend.alloc(to + 44);
      backend.write(flat, 0, bytesOf(upTo((to + 44) / 4)));
      const exec = await backend.prepare(scaleKernel);
      const bindings = [
        { buf: flat, offset: from, bytes: 36 },
        { buf: flat, offset: to, bytes: 36 },
      ];
      backend.run([{ kind: 'kernel', exec, bindings, scalars: [10], integers: [9] }]);
      const found = floatsOf(await backend.read(flat, to - 4, 44));
      const scaled = upTo(9).map((i) => 10 * (from / 4 + i) + 1);
      requireSame(found, [to / 4 - 1, ...scaled, to / 4 + 9]);
    },
  ],
];

const memory: readonly Case[] = [
  [
    'memory',
    'is copied between buffers in program order',
    async (make) => {
      const backend = await make();
      const { alignment } = backend.caps;
      const length = alignment / 4 + 2;
      const [x, y, z] = [backend.alloc(length * 4), backend.alloc(length * 4), backend.alloc(8)];
      backend.write(x, 0, bytesOf(upTo(length)));
      const exec = await backend.prepare(scaleKernel);
      backend.run([
        { kind: 'kernel', exec, bindings: [all(x), all(y)], scalars: [1], integers: [length] },
        { kind: 'copy', from: { buf: y, offset: alignment, bytes: 8 }, to: all(z) },
      ]);
      requireSame(floatsOf(await backend.read(z, 0, 8)), [length - 1, length]);
    },
  ],
  [
    'memory',
    'takes what is written at once, and gives bytes that later writes do not change',
    async (make) => {
      const backend = await make();
      const buf = backend.alloc(4);
      const source = bytesOf([1]);
      backend.write(buf, 0, source);
      source.fill(0);
      const read = await backend.read(buf, 0, 4);
      const readAtOnce = backend.readSync?.(buf, 0, 4) ?? read;
      backend.write(buf, 0, bytesOf([2]));
      requireSame([...floatsOf(read), ...floatsOf(readAtOnce)], [1, 1]);
      requireSame(floatsOf(await backend.read(buf, 0, 4)), [2]);
    },
  ],
];

/** Runs after which no more memory may be taken than after one. */
const MANY_RUNS = 1000;

/** What only some backends can tell. */
function accounts<B extends Backend>({ backend: make, limited, usedBytes }: BackendSuiteOptions<B>): Case[] {
  const cases: Case[] = [];
  if (limited !== undefined) {
    cases.push([
      'memory',
      'is refused beyond its limit, and goes on after that',
      async () => {
        const backend = await limited(2 ** 20);
        await requireRefusal(() => backend.alloc(2 ** 21), /DeviceError/);
        requireSame(await scale(backend, [1], 3), [4]);
      },
    ]);
  }
  if (usedBytes !== undefined) {
    cases.push([
      'memory',
      'does not grow from run to run',
      async () => {
        const backend = await make();
        const exec = await backend.prepare(scaleKernel);
        await scale(backend, [1, 2, 3], 2, exec);
        const before = usedBytes(backend);
        for (let i = 0; i < MANY_RUNS; i++) await scale(backend, [1, 2, 3], 2, exec);
        requireSame([usedBytes(backend)], [before]);
      },
    ]);
  }
  return cases;
}

const strictness: readonly Case[] = [
  [
    'strictness',
    'makes kernels of equal keys one',
    async (make) => {
      const backend = await make();
      const [one, other] = [
        await backend.prepare({ ...scaleKernel, name: 'another name' }),
        await backend.prepare(scaleKernel),
      ];
      if (one !== other) throw new TypeError('equal keys gave two executables');
    },
  ],
  [
    'strictness',
    'refuses buffers and kernels of another backend, and ranges outside of a buffer',
    async (make) => {
      const [one, other] = [await make(), await make()];
      const buf = one.alloc(8);
      await requireRefusal(() => other.write(buf, 0, new Uint8Array(4)), /another backend/);
      await requireRefusal(() => one.write(buf, 5, new Uint8Array(4)), /bytes 5 to 9 of a buffer of 8 bytes/);
      const exec = await other.prepare(scaleKernel);
      const bindings = [all(buf), all(buf)];
      await requireRefusal(
        () => one.run([{ kind: 'kernel', exec, bindings, scalars: [1], integers: [1] }]),
        /not prepared by this backend/,
      );
    },
  ],
];

/**
 * The promises of the backend interface, as cases that any test runner can run. The group `strictness` is what a
 * backend with an allocator and a cache of its own should notice; core never does such a thing, so that others may leave
 * it out.
 *
 * @example
 * for (const { group, name, run } of backendCases({ backend: () => new PlainBackend() })) {
 *   it(`${group} ${name}`, run);
 * }
 */
export function backendCases<B extends Backend>(options: BackendSuiteOptions<B>): ConformanceCase[] {
  const { backend, filter } = options;
  return [...kernels, ...memory, ...accounts(options), ...strictness]
    .filter(([group, name]) => filter === undefined || filter(group, name))
    .map(([group, name, run]) => ({ group, name, run: () => run(async () => backend()) }));
}
