/** Copies states to where they begin, and out of where they end. */
import { MemoryOp, type ModuleBuilder } from '../../wasm/index';
import { advance, define } from '../gemm/define';
import { BYTES } from './layout';

/** Exports `copy(target, targetRow, source, sourceRow, sourceColumn, rows, columns)`; distances in bytes. */
export function emitCopy(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 7, { exportAs: 'copy' });
  const [target, targetRow, source, sourceRow, sourceColumn, rows, columns] = parameters;
  const i = code.local('i32');
  const j = code.local('i32');
  const to = code.local('i32');
  const from = code.local('i32');
  code.while(i, rows, 1, () => {
    code.get(target).set(to);
    code.get(source).set(from);
    code.i32(0).set(j);
    code.while(j, columns, 1, () => {
      code.get(to).get(from).memory(MemoryOp.f32_load).memory(MemoryOp.f32_store);
      advance(code, to, BYTES);
      advance(code, from, sourceColumn);
    });
    advance(code, target, targetRow);
    advance(code, source, sourceRow);
  });
}
