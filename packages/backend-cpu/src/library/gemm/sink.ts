/**
 * The sink: takes a finished tile in memory through the epilogue, four columns at a time.
 */
import type { Epilogue } from '@hadal/core/backend';
import type { EmitOptions } from '../../emit/index';
import { type Callable, MemoryOp, type ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from './define';
import { EpilogueWriter } from './epilogue';

/**
 * Defines a function `(tile, tileRowBytes, outputRows, rowIndices, rows, column, columns, …epilogue)` that stores the
 * first `rows` × `columns` sums of the tile. Entry r of `outputRows` is the element offset of a row in the outputs,
 * entry r of `rowIndices` its index; `column` is the index of the tile's first column.
 */
export function emitSink(module: ModuleBuilder, epilogue: Epilogue, options: EmitOptions): Callable {
  const definition = define(module, 7, { epilogue });
  const { code, extra } = definition;
  const [tile, tileRowBytes, outputRows, rowIndices, rows, column, columns] = definition.parameters;
  const writer = new EpilogueWriter(code, extra, epilogue, options);
  const row = code.local('i32');
  const sum = code.local('i32');
  const position = code.local('i32');
  const turns = ([4, 1] as const).map((lanes) => {
    const end = code.local('i32');
    code.get(columns).i32(-lanes).op(Op.i32_and).set(end);
    const sums = code.local(lanes === 4 ? 'v128' : 'f32');
    return { lanes, end, sums };
  });
  writer.begin();
  code.while(row, rows, 1, () => {
    writer.beginRow({ outputRows, rowIndices, column, ahead: 0 });
    code.get(tile).set(sum);
    code.i32(0).set(position);
    for (const { lanes, end, sums } of turns) {
      code.while(position, end, lanes, () => {
        code.get(sum);
        code.memory(lanes === 4 ? MemoryOp.v128_load : MemoryOp.f32_load).set(sums);
        writer.group(sums, lanes, 0);
        writer.advance(lanes);
        advance(code, sum, 4 * lanes);
      });
    }
    advance(code, tile, tileRowBytes);
    advance(code, outputRows, 4);
    advance(code, rowIndices, 4);
  });
  return definition;
}
