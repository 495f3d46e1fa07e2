import type { OptionalScalarOp, RequiredScalarOp } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { loadVector, Operations, pushVector, storeVector, type Value } from '../src/emit/index';
import { enableRelaxedSimd } from '../src/engine';
import { ModuleBuilder } from '../src/wasm/index';
import { erf as exactErf } from './support/erf';
import { loadAllOperations } from './support/load';

await loadAllOperations();

type Op = RequiredScalarOp | OptionalScalarOp;
type Function1 = (x: Float32Array) => Float32Array;

/** Compiles `op` into a function over arrays whose length is a multiple of four. */
function compileOperation(op: Op, relaxed: boolean): (...inputs: Float32Array[]) => Float32Array {
  return (...inputs) => {
    const length = inputs[0]?.length ?? 0;
    const module = new ModuleBuilder().importMemory();
    const { code } = module.function({ exportAs: 'run' });
    const at = code.local('i32');
    const operations = new Operations(code, { relaxed });
    code.while(at, length * 4, 16, () => {
      const operands = inputs.map((_, position): Value => {
        const local = code.local('v128');
        code.get(at);
        loadVector(code, 'f32', 'f32', position * length * 4);
        code.set(local);
        return { kind: 'vector', type: 'f32', local };
      });
      const instruction = { op, to: 0, type: 'f32', from: 'f32', operands: [] } as const;
      const result = operations.evaluate(instruction, operands);
      code.get(at);
      pushVector(code, result);
      storeVector(code, 'f32', inputs.length * length * 4);
    });
    const pages = Math.ceil(((inputs.length + 1) * length * 4) / 65536);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
    inputs.forEach((input, position) => {
      new Float32Array(memory.buffer, position * length * 4, length).set(input);
    });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
    const { run } = instance.exports;
    if (typeof run !== 'function') throw new Error('no function was exported');
    run();
    return new Float32Array(memory.buffer, inputs.length * length * 4, length).slice();
  };
}

/** Distance from the neighbour of |x| in float32. */
function unitInLastPlace(x: number): number {
  const size = Math.abs(x);
  return size < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** The error of a float32 result in units in the last place of the exact one. */
function errorInUnits(found: number, exact: number): number {
  if (Object.is(found, exact) || (Number.isNaN(found) && Number.isNaN(exact))) return 0;
  const rounded = Math.fround(exact);
  if (found === rounded) return 0;
  if (!Number.isFinite(found) || !Number.isFinite(rounded)) {
    const edge = 2 ** 128;
    const beyond = (x: number): number =>
      Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) * edge : x;
    return Math.abs(beyond(found) - beyond(exact)) / 2 ** 104;
  }
  return Math.abs(found - exact) / unitInLastPlace(exact);
}

/** Float32 numbers with bit patterns spread evenly from 0 to Infinity, positive and negative, and the edge cases. */
function spreadFloats(count: number): Float32Array {
  const bits = new Int32Array(count);
  const step = 0x7f800000 / (count / 2);
  for (let i = 0; i < count; i++) bits[i] = Math.floor((i >> 1) * step + i) | (i & 1 ? -0x80000000 : 0);
  const floats = new Float32Array(bits.buffer);
  floats.set([
    0,
    -0,
    Infinity,
    -Infinity,
    NaN,
    1,
    -1,
    2 ** -149,
    -(2 ** -149),
    2 ** -126,
    3.4028234663852886e38,
  ]);
  return floats;
}

/** `count` floats evenly from low to high. */
function range(low: number, high: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

function worst(
  run: Function1,
  exact: (x: number) => number,
  inputs: Float32Array,
): { error: number; at: number } {
  const found = run(inputs);
  let error = 0;
  let at = Number.NaN;
  inputs.forEach((x, i) => {
    const here = errorInUnits(found[i] ?? Number.NaN, exact(x));
    if (!(here <= error)) {
      error = here;
      at = x;
    }
  });
  return { error, at };
}

const FUNCTIONS: readonly {
  op: Op;
  exact: (x: number) => number;
  units: number;
  dense: readonly [number, number];
}[] = [
  { op: 'exp', exact: Math.exp, units: 2, dense: [-110, 92] },
  { op: 'exp2', exact: (x) => 2 ** x, units: 2, dense: [-152, 130] },
  { op: 'log', exact: Math.log, units: 2, dense: [0, 4] },
  { op: 'log2', exact: Math.log2, units: 2, dense: [0, 4] },
  { op: 'sin', exact: Math.sin, units: 2, dense: [-50, 50] },
  { op: 'cos', exact: Math.cos, units: 2, dense: [-50, 50] },
  { op: 'tanh', exact: Math.tanh, units: 4, dense: [-10, 10] },
  { op: 'erf', exact: exactErf, units: 4, dense: [-5, 5] },
  { op: 'rsqrt', exact: (x) => 1 / Math.sqrt(x), units: 2, dense: [0, 10] },
  { op: 'recip', exact: (x) => 1 / x, units: 0.5, dense: [-3, 3] },
  { op: 'sqrt', exact: Math.sqrt, units: 0.5, dense: [0, 1000] },
];

const COUNT = 1 << 17;
const modes = enableRelaxedSimd() ? [false, true] : [false];

describe.each(modes)('vector functions with relaxed SIMD %s', (relaxed) => {
  it.each(FUNCTIONS)('computes $op within $units units in the last place', ({ op, exact, units, dense }) => {
    const run = compileOperation(op, relaxed);
    const spread = worst(run, exact, spreadFloats(COUNT));
    const close = worst(run, exact, range(dense[0], dense[1], COUNT));
    expect(spread.error, `at ${spread.at}`).toBeLessThanOrEqual(units);
    expect(close.error, `at ${close.at}`).toBeLessThanOrEqual(units);
  });

  it('keeps the sign of zero in odd functions', () => {
    for (const op of ['sin', 'tanh', 'erf'] as const) {
      expect([...compileOperation(op, relaxed)(Float32Array.of(0, -0, 0, -0))]).toEqual([0, -0, 0, -0]);
    }
  });

  it('computes pow within 2 units in the last place', () => {
    const bases = range(0.01, 40, COUNT);
    const exponents = Float32Array.from(bases, (_, i) => Math.sin(i * 12.9898) * 24);
    const found = compileOperation('pow', relaxed)(bases, exponents);
    let error = 0;
    bases.forEach((x, i) => {
      error = Math.max(error, errorInUnits(found[i] ?? Number.NaN, x ** (exponents[i] ?? 0)));
    });
    expect(error).toBeLessThanOrEqual(2);
  });

  it('gives the powers that IEEE 754 asks for at the edges', () => {
    const edges = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, Infinity, -Infinity, NaN, 1e30, -1e30, 1e-40];
    const bases = Float32Array.from(edges.flatMap((x) => edges.map(() => x)));
    const exponents = Float32Array.from(edges.flatMap(() => edges));
    const found = compileOperation('pow', relaxed)(bases, exponents);
    const wrong: string[] = [];
    bases.forEach((x, i) => {
      const y = exponents[i] ?? 0;
      const isOne = x === 1 || (x === -1 && Math.abs(y) === Infinity);
      const exact = Math.fround(isOne ? 1 : x ** y);
      if (errorInUnits(found[i] ?? 0, exact) > 2 || (exact === 0 && !Object.is(found[i], exact))) {
        wrong.push(`${x} ** ${y} = ${found[i]}, not ${exact}`);
      }
    });
    expect(wrong).toEqual([]);
  });
});
