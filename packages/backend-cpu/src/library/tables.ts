/**
 * Index tables: where each row, column or inner index of a product lies, as byte offsets. With them, packing needs no
 * knowledge of axes: any mixture of strides is a table, and contiguous stretches show in its differences.
 */
import { MemoryOp, type ModuleBuilder, Op } from '../wasm/index';
import { advance, define } from './gemm/define';

/**
 * Exports `enumerate(target, start, count, padded, axes, axisCount)`: writes the offsets of the indices start …
 * start + count - 1 of a row-major walk over the axes, then repeats the last one up to `padded` entries. `axes` points
 * to at least one pair of int32 (extent, stride in bytes), innermost first.
 */
export function emitEnumerate(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 6, { exportAs: 'enumerate' });
  const [target, start, count, padded, axes, axisCount] = parameters;
  const extent = code.local('i32');
  const stride = code.local('i32');
  const i = code.local('i32');
  const rest = code.local('i32');
  const quotient = code.local('i32');
  const offset = code.local('i32');
  const pair = code.local('i32');
  const n = code.local('i32');
  const stop = code.local('i32');

  const storeNext = (): void => {
    code.get(target).get(offset).memory(MemoryOp.i32_store);
    advance(code, target, 4);
  };

  code.get(axes).memory(MemoryOp.i32_load).set(extent);
  code.get(axes).memory(MemoryOp.i32_load, 4).set(stride);
  code.while(i, count, 0, () => {
    // The innermost axis, whose stretch from here is written in one go.
    code.get(start).get(i).op(Op.i32_add).tee(rest).get(extent).op(Op.i32_div_u).set(quotient);
    code.get(rest).get(quotient).get(extent).op(Op.i32_mul).op(Op.i32_sub).tee(rest);
    code.get(stride).op(Op.i32_mul).set(offset);
    code.get(i).get(extent).op(Op.i32_add).get(rest).op(Op.i32_sub).tee(stop);
    code.get(count).get(stop).get(count).op(Op.i32_lt_s).op(Op.select).set(stop);
    // The other axes.
    code.get(axes).i32(8).op(Op.i32_add).set(pair);
    code.i32(1).set(n);
    code.while(n, axisCount, 1, () => {
      code.get(quotient).tee(rest).get(pair).memory(MemoryOp.i32_load).op(Op.i32_div_u).set(quotient);
      code.get(rest).get(quotient).get(pair).memory(MemoryOp.i32_load).op(Op.i32_mul).op(Op.i32_sub);
      code.get(pair).memory(MemoryOp.i32_load, 4).op(Op.i32_mul).get(offset).op(Op.i32_add).set(offset);
      advance(code, pair, 8);
    });
    code.while(i, stop, 1, () => {
      storeNext();
      advance(code, offset, stride);
    });
  });
  code.get(offset).get(stride).op(Op.i32_sub).set(offset);
  code.while(i, padded, 1, storeNext);
}

/**
 * Exports `collect(target, source, offsets, count)`: copies `count` scattered 32-bit elements next to each other.
 */
export function emitCollect(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 4, { exportAs: 'collect' });
  const [target, source, offsets, count] = parameters;
  const i = code.local('i32');
  code.while(i, count, 1, () => {
    code.get(target);
    code
      .get(source)
      .get(offsets)
      .memory(MemoryOp.i32_load)
      .op(Op.i32_add)
      .memory(MemoryOp.i32_load)
      .memory(MemoryOp.i32_store);
    advance(code, target, 4);
    advance(code, offsets, 4);
  });
}

/**
 * Exports `stretches(target, table, count)`: how many entries of an index table, from each one on, follow each other
 * at the distance of one f32 element.
 */
export function emitStretches(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 3, { exportAs: 'stretches' });
  const [target, table, count] = parameters;
  const i = code.local('i32');
  const stretch = code.local('i32');
  const at = code.local('i32');
  code.while(i, count, 1, () => {
    // From the last entry backwards; before the first turn `stretch` is 0, and there is no next entry to look at.
    code.get(count).i32(1).op(Op.i32_sub).get(i).op(Op.i32_sub).i32(2).op(Op.i32_shl).set(at);
    code.get(i);
    code.if(
      () => {
        code.get(table).get(at).op(Op.i32_add).memory(MemoryOp.i32_load, 4);
        code.get(table).get(at).op(Op.i32_add).memory(MemoryOp.i32_load);
        code
          .op(Op.i32_sub)
          .i32(4)
          .op(Op.i32_eq)
          .get(stretch)
          .op(Op.i32_mul)
          .i32(1)
          .op(Op.i32_add)
          .set(stretch);
      },
      () => code.i32(1).set(stretch),
    );
    code.get(target).get(at).op(Op.i32_add).get(stretch).memory(MemoryOp.i32_store);
  });
}
