/**
 * Scatters of any kind. An invocation owns some rows of one column of the result and walks all indices in their order, so
 * that duplicates combine in index order, in every run alike, without atomics. Neighbours own neighbouring columns.
 *
 * A call's arguments are `HEADER`, then for each axis outside of the rows (its extent and strides in operand, updates and
 * indices), of the indices and within rows (the same).
 */
import type { LibraryRequest } from '@hadal/core/backend';
import { type Axis, axis, count, merge } from '@hadal/core/products';
import { functionsOf } from '../../printer/functions';
import { folded, type Shader } from '../../shader';
import { declareBinding, declareWords, range, wordAt } from '../../words';
import type { LibraryTraits } from '../traits';
import { type Combining, combiner } from './combine';

/** What the code of a scatter depends on. */
export interface ScatterCode {
  readonly kind: 'scatter';
  readonly combine: Combining;
  readonly type: 'f32' | 'i32';
  /** How many axes are outside of rows, of indices and within rows. */
  readonly axes: readonly [outer: number, indices: number, inner: number];
}

const HEADER = [
  'columns',
  'innerCount',
  'indexCount',
  'extent',
  'rowsOfPart',
  'parts',
  'operand',
  'indices',
  'updates',
  'rowStride',
] as const;
const MOVES = ['extent', 'left', 'right', 'output'] as const;
const BINDINGS = 4;
const INVOCATIONS = 64;

/** Invocations that keep a device busy: rows are divided among so many where there are fewer columns. */
const BUSY_SOFTWARE = 256;
const BUSY_GPU = 4096;

export interface ScatterRequest {
  readonly operands: LibraryRequest['operands'];
  readonly axis: number;
  readonly batch: number;
}

/** Axes of a scatter: strides of the operand are `left`, of the updates `right`, of the indices `output`. */
export function layOutScatter(
  { operands, axis: at, batch }: ScatterRequest,
  { isSoftware }: LibraryTraits,
): { readonly axes: ScatterCode['axes']; readonly integers: readonly number[] } | undefined {
  const [operand, indices, updates] = operands;
  if (operand === undefined || indices === undefined || updates === undefined) return undefined;
  const shift = indices.shape.length - batch - 1;
  const rowAxes = (from: number, to: number, moved: number): Axis[] =>
    operand.shape.slice(from, to).map((extent, i) =>
      axis(extent, {
        left: operand.strides[from + i],
        right: updates.strides[from + moved + i],
        output: from + i < batch ? indices.strides[from + i] : 0,
      }),
    );
  const outer = merge(rowAxes(0, at, 0));
  const places = merge(
    indices.shape
      .slice(batch)
      .map((extent, i) =>
        axis(extent, { output: indices.strides[batch + i], right: updates.strides[at + i] }),
      ),
  );
  const inner = merge(rowAxes(at + 1, operand.shape.length, shift));
  const extent = operand.shape[at] ?? 0;
  const columns = count(outer) * count(inner);
  const wanted = Math.ceil((isSoftware ? BUSY_SOFTWARE : BUSY_GPU) / Math.max(1, columns));
  const rowsOfPart = Math.max(1, Math.ceil(extent / wanted));
  const header: Record<(typeof HEADER)[number], number> = {
    columns,
    innerCount: count(inner),
    indexCount: count(places),
    extent,
    rowsOfPart,
    parts: Math.ceil(extent / rowsOfPart),
    operand: operand.offset,
    indices: indices.offset,
    updates: updates.offset,
    rowStride: operand.strides[at] ?? 0,
  };
  return {
    axes: [outer.length, places.length, inner.length],
    integers: [
      ...HEADER.map((name) => header[name]),
      ...[outer, places, inner].flat().flatMap((each) => MOVES.map((move) => each[move])),
    ],
  };
}

/** Statements that take `rest` apart along axes whose words begin at `from`, moving `targets` on. */
function printDivision(
  from: number,
  axes: number,
  targets: Readonly<Partial<Record<(typeof MOVES)[number], string>>>,
): string {
  return range(axes)
    .reverse()
    .map((position) => {
      const word = (move: (typeof MOVES)[number]): string =>
        wordAt(from + position * MOVES.length + MOVES.indexOf(move));
      const add = MOVES.map((move) =>
        targets[move] ? `${targets[move]} += here * ${word(move)};` : '',
      ).join(' ');
      if (position === 0) return `{ let here = rest; ${add} }`;
      return `{ let extent = ${word('extent')}; let here = rest % extent; rest = rest / extent; ${add} }`;
    })
    .join('\n  ');
}

export function scatterShader(name: string, { combine, type, axes }: ScatterCode): Shader {
  const [outer, places, inner] = axes;
  const header = (field: (typeof HEADER)[number]): string => wordAt(BINDINGS + HEADER.indexOf(field));
  const first = BINDINGS + HEADER.length;
  const placesFrom = first + outer * MOVES.length;
  const innerFrom = placesFrom + places * MOVES.length;
  const { expression, used } = combiner(combine, type);
  const code = `${declareWords(innerFrom + inner * MOVES.length)}
${declareBinding(0, 'operand', type)}${declareBinding(1, 'indices', 'i32')}${declareBinding(2, 'updates', type)}${declareBinding(3, 'result', type)}
${functionsOf(used)}
@compute @workgroup_size(${INVOCATIONS})
fn scatter(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  let id = i32(group.y * groups.x + group.x) * ${INVOCATIONS} + i32(index);
  let columns = ${header('columns')};
  let part = id / max(columns, 1);
  if (part >= ${header('parts')}) { return; }
  let column = id - part * columns;
  let innerCount = ${header('innerCount')};
  let extent = ${header('extent')};
  let outerIndex = column / innerCount;
  let innerIndex = column - outerIndex * innerCount;
  var first = ${wordAt(0)} + ${header('operand')};
  var placeFrom = ${wordAt(1)} + ${header('indices')};
  var updateFrom = ${wordAt(2)} + ${header('updates')};
  let to = ${wordAt(3)} + outerIndex * extent * innerCount + innerIndex;
  var rest = outerIndex;
  ${printDivision(first, outer, { left: 'first', right: 'updateFrom', output: 'placeFrom' })}
  rest = innerIndex;
  ${printDivision(innerFrom, inner, { left: 'first', right: 'updateFrom' })}
  let begin = part * ${header('rowsOfPart')};
  let end = min(extent, begin + ${header('rowsOfPart')});
  for (var row = begin; row < end; row++) {
    result[to + row * innerCount] = operand[first + row * ${header('rowStride')}];
  }
  for (var i = 0; i < ${header('indexCount')}; i++) {
    var place = placeFrom;
    var update = updateFrom;
    rest = i;
    ${printDivision(placesFrom, places, { output: 'place', right: 'update' })}
    let row = indices[place];
    if (row >= begin && row < end) {
      let r0 = result[to + row * innerCount];
      let r1 = updates[update];
      result[to + row * innerCount] = ${expression};
    }
  }
}
`;
  return {
    name,
    code,
    passes: [
      {
        entryPoint: 'scatter',
        workgroups: (integers) => {
          const [columns = 0, parts = 0] = [
            integers[HEADER.indexOf('columns')],
            integers[HEADER.indexOf('parts')],
          ];
          return folded(Math.ceil((columns * parts) / INVOCATIONS));
        },
      },
    ],
    access: ['read', 'read', 'read', 'write'],
  };
}
