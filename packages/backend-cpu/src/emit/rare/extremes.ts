/** argmax and argmin, loaded with the first kernel that has one. */
import { Op } from '../../wasm/index';
import type { Take } from '../accumulators';
import type { Frame } from '../frame';
import type { Lane } from '../value';

/** A candidate is better when it is strictly greater (less), or the first NaN. */
export function takeExtreme({ code }: Frame, kind: 'argmax' | 'argmin', type: Lane): Take {
  const isMaximum = kind === 'argmax';
  return (into, value, position, unordered) =>
    code.scratch(['v128', 'v128', 'v128'], (candidate, at, better) => {
      value();
      code.set(candidate);
      position();
      code.set(at).get(candidate).get(into.value);
      if (type === 'f32') {
        code.op(isMaximum ? Op.f32x4_le : Op.f32x4_ge).op(Op.v128_not);
        code.get(into.value).get(into.value).op(Op.f32x4_eq).op(Op.v128_and);
      } else {
        code.op(isMaximum ? Op.i32x4_gt_s : Op.i32x4_lt_s);
      }
      if (unordered) {
        code.get(candidate).get(into.value);
        if (type === 'f32') {
          code.op(Op.f32x4_eq).get(candidate).get(candidate).op(Op.f32x4_ne);
          code.get(into.value).get(into.value).op(Op.f32x4_ne).op(Op.v128_and).op(Op.v128_or);
        } else {
          code.op(Op.i32x4_eq);
        }
        code.get(at).get(into.position).op(Op.i32x4_lt_s).op(Op.v128_and).op(Op.v128_or);
      }
      code.set(better);
      code.get(candidate).get(into.value).get(better).op(Op.v128_bitselect).set(into.value);
      code.get(at).get(into.position).get(better).op(Op.v128_bitselect).set(into.position);
    });
}
