/**
 * Index tables: where each row, column or inner index of a product lies, as byte offsets. With them, packing needs no
 * knowledge of axes: any mixture of strides is a table, and contiguous stretches show in its differences.
 */
import type { ModuleBuilder } from '../wasm/index';

/**
 * Exports `enumerate(target, start, count, padded, axes, axisCount)`: writes the offsets of the indices start …
 * start + count - 1 of a row-major walk over the axes, then repeats the last one up to `padded` entries. `axes` points
 * to at least one pair of int32 (extent, stride in bytes), innermost first.
 */
export function emitEnumerate(module: ModuleBuilder): void {
  const { code } = module.function({
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    exportAs: 'enumerate',
  });
  const target = code.parameter(0);
  const start = code.parameter(1);
  const count = code.parameter(2);
  const padded = code.parameter(3);
  const axes = code.parameter(4);
  const axisCount = code.parameter(5);
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
    code.get(target).get(offset).memory('i32.store');
    code.get(target).i32(4).op('i32.add').set(target);
  };

  code.get(axes).memory('i32.load').set(extent);
  code.get(axes).memory('i32.load', 4).set(stride);
  code.while(i, count, 0, () => {
    // The innermost axis, whose stretch from here is written in one go.
    code.get(start).get(i).op('i32.add').tee(rest).get(extent).op('i32.div_u').set(quotient);
    code.get(rest).get(quotient).get(extent).op('i32.mul').op('i32.sub').tee(rest);
    code.get(stride).op('i32.mul').set(offset);
    code.get(i).get(extent).op('i32.add').get(rest).op('i32.sub').tee(stop);
    code.get(count).get(stop).get(count).op('i32.lt_s').op('select').set(stop);
    // The other axes.
    code.get(axes).i32(8).op('i32.add').set(pair);
    code.i32(1).set(n);
    code.while(n, axisCount, 1, () => {
      code.get(quotient).tee(rest).get(pair).memory('i32.load').op('i32.div_u').set(quotient);
      code.get(rest).get(quotient).get(pair).memory('i32.load').op('i32.mul').op('i32.sub');
      code.get(pair).memory('i32.load', 4).op('i32.mul').get(offset).op('i32.add').set(offset);
      code.get(pair).i32(8).op('i32.add').set(pair);
    });
    code.while(i, stop, 1, () => {
      storeNext();
      code.get(offset).get(stride).op('i32.add').set(offset);
    });
  });
  code.get(offset).get(stride).op('i32.sub').set(offset);
  code.while(i, padded, 1, storeNext);
}

/**
 * Exports `collect(target, source, offsets, count)`: copies `count` scattered 32-bit elements next to each other.
 */
export function emitCollect(module: ModuleBuilder): void {
  const { code } = module.function({ parameters: ['i32', 'i32', 'i32', 'i32'], exportAs: 'collect' });
  const target = code.parameter(0);
  const source = code.parameter(1);
  const offsets = code.parameter(2);
  const count = code.parameter(3);
  const i = code.local('i32');
  code.while(i, count, 1, () => {
    code.get(target);
    code.get(source).get(offsets).memory('i32.load').op('i32.add').memory('i32.load').memory('i32.store');
    for (const pointer of [target, offsets]) code.get(pointer).i32(4).op('i32.add').set(pointer);
  });
}

/**
 * Exports `stretches(target, table, count)`: how many entries of an index table, from each one on, follow each other
 * at the distance of one f32 element.
 */
export function emitStretches(module: ModuleBuilder): void {
  const { code } = module.function({ parameters: ['i32', 'i32', 'i32'], exportAs: 'stretches' });
  const target = code.parameter(0);
  const table = code.parameter(1);
  const count = code.parameter(2);
  const i = code.local('i32');
  const stretch = code.local('i32');
  const at = code.local('i32');
  code.while(i, count, 1, () => {
    // From the last entry backwards; before the first turn `stretch` is 0, and there is no next entry to look at.
    code.get(count).i32(1).op('i32.sub').get(i).op('i32.sub').i32(2).op('i32.shl').set(at);
    code.get(i);
    code.if(
      () => {
        code.get(table).get(at).op('i32.add').memory('i32.load', 4);
        code.get(table).get(at).op('i32.add').memory('i32.load');
        code.op('i32.sub').i32(4).op('i32.eq').get(stretch).op('i32.mul').i32(1).op('i32.add').set(stretch);
      },
      () => code.i32(1).set(stretch),
    );
    code.get(target).get(at).op('i32.add').get(stretch).memory('i32.store');
  });
}
