import { describe, expect, it } from 'vitest';
import { hasSimd, MemoryOp, ModuleBuilder, Op } from '../src/wasm/index';

function instantiate(module: ModuleBuilder, memory?: WebAssembly.Memory): WebAssembly.Exports {
  const imports: WebAssembly.Imports = memory === undefined ? {} : { env: { memory } };
  return new WebAssembly.Instance(new WebAssembly.Module(module.encode()), imports).exports;
}

function callable(exports: WebAssembly.Exports, name: string): (...values: number[]) => number {
  const value = exports[name];
  if (typeof value !== 'function') throw new Error(`no function ${name}`);
  return (...values) => Number(value(...values));
}

describe('the module builder', () => {
  it('finds SIMD in this engine', () => {
    expect(hasSimd()).toBe(true);
  });

  it('encodes int32 constants of every magnitude and sign', () => {
    const values = [
      0,
      1,
      -1,
      63,
      64,
      -64,
      -65,
      127,
      128,
      8191,
      8192,
      -8193,
      2 ** 31 - 1,
      -(2 ** 31),
      0x0fffffff,
    ];
    const module = new ModuleBuilder();
    values.forEach((value, at) => {
      module.function({ results: ['i32'], exportAs: `value${at}` }).code.i32(value);
    });
    const exports = instantiate(module);
    expect(values.map((_, at) => callable(exports, `value${at}`)())).toEqual(values);
  });

  it('encodes loops, branches and locals', () => {
    const module = new ModuleBuilder();
    const { code } = module.function({ parameters: ['i32'], results: ['i32'], exportAs: 'triangle' });
    const total = code.local('i32');
    const counter = code.local('i32');
    code.while(counter, code.parameter(0), 1, () => code.get(total).get(counter).op(Op.i32_add).set(total));
    code.get(total);
    const triangle = callable(instantiate(module), 'triangle');
    expect([0, -3, 1, 5, 1000].map((n) => triangle(n))).toEqual([0, 0, 0, 10, 499500]);
  });

  it('calls functions declared later', () => {
    const module = new ModuleBuilder();
    const caller = module.function({ parameters: ['f32'], results: ['f32'], exportAs: 'twiceRoot' });
    const root = module.function({ parameters: ['f32'], results: ['f32'] });
    caller.code.get(caller.code.parameter(0)).call(root).f32(2).op(Op.f32_mul);
    root.code.get(root.code.parameter(0)).op(Op.f32_sqrt);
    expect(callable(instantiate(module), 'twiceRoot')(9)).toBe(6);
  });

  it('loads, computes and stores vectors at unaligned addresses of the imported memory', () => {
    const module = new ModuleBuilder().importMemory();
    const { code } = module.function({ parameters: ['i32', 'i32'], exportAs: 'scale' });
    code.get(code.parameter(1)).get(code.parameter(0)).memory(MemoryOp.v128_load).f32x4(3).op(Op.f32x4_mul);
    code.memory(MemoryOp.v128_store);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    new Float32Array(memory.buffer, 4, 4).set([1, 2, 3, 4]);
    callable(instantiate(module, memory), 'scale')(4, 100);
    expect([...new Float32Array(memory.buffer, 100, 4)]).toEqual([3, 6, 9, 12]);
  });

  it('reuses released locals', () => {
    const module = new ModuleBuilder();
    const { code } = module.function({ parameters: ['i32'] });
    const first = code.local('v128');
    code.release(first);
    expect(code.local('v128')).toBe(first);
    expect(code.local('v128').index).toBe(2);
  });
});
