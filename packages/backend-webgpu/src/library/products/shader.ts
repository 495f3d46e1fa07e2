/**
 * The shader of a product call: where its parts of code are put together.
 *
 * A workgroup finds out which product and which tile of it is its own, adds up products over its part of the inner axes,
 * and hands each row of vectors to the epilogue, or to the parts that a second pass adds up.
 */
import type { Epilogue } from '@hadal/core/backend';
import { folded, type Shader, type ShaderPass } from '../../shader';
import { declareBinding, declareWords, range, storageType, wordAt } from '../../words';
import { printEpilogue } from '../epilogue';
import { printInnerLoop } from './inner-loop';
import { fieldAt, HEADER, HEADER_WORDS, recordWords, type Structure } from './layout';
import { printPlaces } from './places';
import { tileColumns, tileRows, VECTOR } from './tile';

/** What the code of a call is made from: plain data. */
export interface ProductCode {
  readonly structure: Structure;
  readonly epilogue: Epilogue;
}

/** Invocations of a workgroup that adds up parts. */
const ADDING_INVOCATIONS = 64;

/** Positions of the bindings of a call, and of its first int32 argument and scalar among the words. */
export interface Positions {
  readonly left: number;
  readonly right: number;
  readonly side: number;
  readonly outputs: number;
  readonly sums: number;
  readonly parts: number;
  readonly bindings: number;
  readonly records: number;
  readonly scalars: number;
}

function positionsOf({ structure, epilogue }: ProductCode): Positions {
  const side = 2;
  const outputs = side + epilogue.sideInputs.length;
  const sums = outputs + epilogue.outputs.length;
  const parts = sums + (structure.sums ? 1 : 0);
  const bindings = parts + (structure.isSplit ? 1 : 0);
  const records = bindings + HEADER_WORDS;
  return {
    left: structure.exchanged ? 1 : 0,
    right: structure.exchanged ? 0 : 1,
    side,
    outputs,
    sums,
    parts,
    bindings,
    records,
    scalars: records + structure.products * recordWords(structure),
  };
}

const vectorsOf = (type: string): string => `vec4<${type}>`;

function printBindings({ structure, epilogue }: ProductCode, positions: Positions): string {
  const { left, right, storesVectors, tile } = structure;
  const readsRightVectors = right === 'columns' || (right === 'inner' && tile.kind !== 'workgroup');
  const results = storesVectors ? 'vec4<f32>' : 'f32';
  return [
    declareBinding(positions.left, 'left', left === 'single' ? 'f32' : 'vec4<f32>'),
    declareBinding(positions.right, 'right', readsRightVectors ? 'vec4<f32>' : 'f32'),
    ...epilogue.sideInputs.map(({ kind, storage }, i) => {
      const type = storageType(storage);
      return declareBinding(
        positions.side + i,
        `side${i}`,
        kind === 'full' && storesVectors ? vectorsOf(type) : type,
      );
    }),
    ...epilogue.outputs.map(({ storage }, i) => {
      const type = storageType(storage);
      return declareBinding(positions.outputs + i, `output${i}`, storesVectors ? vectorsOf(type) : type);
    }),
    ...(structure.sums ? [declareBinding(positions.sums, 'sums', 'f32')] : []),
    ...(structure.isSplit ? [declareBinding(positions.parts, 'parts', results)] : []),
  ].join('');
}

/** Which tile of which product a workgroup computes. */
function printTile({ structure }: ProductCode, { bindings, records }: Positions): string {
  const header = (name: keyof typeof HEADER): string => wordAt(bindings + HEADER[name]);
  const field = (name: Parameters<typeof fieldAt>[0]): string => `word(p + ${fieldAt(name)})`;
  const { tile } = structure;
  const stride = recordWords(structure);
  return `
  let id = i32(group.y * groups.x + group.x);
  let tiles = ${header('tiles')};
  if (id >= tiles${structure.isSplit ? ` * ${header('parts')}` : ''}) { return; }
  ${structure.isSplit ? 'let part = id / tiles; let tile = id - part * tiles;' : 'let tile = id;'}
  var p = ${records};
  ${
    structure.products === 1
      ? ''
      : `for (var q = ${records + stride}; q < ${records + stride * structure.products}; q += ${stride}) {
    if (tile >= word(q + ${fieldAt('firstTile')})) { p = q; }
  }`
  }
  let columnTiles = ${field('columnTiles')};
  let tilesOfOne = ${field('rowTiles')} * columnTiles;
  var tileOfOne = tile - ${field('firstTile')};
  let repetition = ${structure.loop === 0 ? '0' : 'tileOfOne / tilesOfOne'};
  tileOfOne -= repetition * tilesOfOne;
  let rowTile = tileOfOne / columnTiles;
  let columnTile = tileOfOne - rowTile * columnTiles;
  let place = repetitionPlace(p, repetition);
  let rows = ${field('rows')};
  let columns = ${field('columns')};
  let across = i32(index) % ${tile.across};
  let down = i32(index) / ${tile.across};
  let firstRow = rowTile * ${tileRows(tile)} + down * ${tile.rows};
  let firstColumn = columnTile * ${tileColumns(tile)} + across * ${VECTOR};
  let begin = ${structure.isSplit ? `part * ${field('part')}` : '0'};
  let end = ${structure.isSplit ? `min(${field('inner')}, begin + ${field('part')})` : field('inner')};`;
}

/** Whether columns from `column` on belong to the result, four at once or one by one. */
const eachColumn = (storesVectors: boolean, store: (n: number | undefined) => string): string =>
  storesVectors
    ? store(undefined)
    : range(VECTOR)
        .map((n) => (n === 0 ? store(n) : `if (column + ${n} < columns) { ${store(n)} }`))
        .join('\n');

function printResults({ structure }: ProductCode, { bindings, sums: sumsPosition }: Positions): string {
  const { tile, isSplit, storesVectors, sums } = structure;
  const vectors = tile.columns / VECTOR;
  const header = (name: keyof typeof HEADER): string => wordAt(bindings + HEADER[name]);
  const partAt = `part * ${header('partStride')}`;
  const intoParts = (element: string, value: string): string =>
    `let element = ${element};
      ${eachColumn(storesVectors, (n) =>
        n === undefined
          ? `parts[(partsAt + element) >> 2] = ${value};`
          : `parts[partsAt + element + ${n}] = ${value}[${n}];`,
      )}`;
  const store = isSplit
    ? intoParts(
        `${partAt} + word(p + ${fieldAt('firstElement')}) + (repetition * rows + row) * columns + column`,
        'value',
      )
    : 'finish(value, place.output + at.y + place.column + column, place.row + at.z, place.column + column, columns - column);';
  const sumsOf = range(vectors)
    .map(
      (v) => `{
    let column = firstColumn + ${v * tile.across * VECTOR};
    if (column < columns) {
      ${
        isSplit
          ? intoParts(`${partAt} + ${header('elements')} + column`, `sum${v}`)
          : range(VECTOR)
              .map(
                (n) =>
                  `if (column + ${n} < columns) { sums[${wordAt(sumsPosition)} + column + ${n}] = sum${v}[${n}]; }`,
              )
              .join('\n')
      }
    }
  }`,
    )
    .join('\n');
  return `
  var values: array<vec4<f32>, ${tile.rows * vectors}>;
  ${range(tile.rows * vectors)
    .map((i) => `values[${i}] = c${Math.floor(i / vectors)}_${i % vectors};`)
    .join(' ')}
  ${isSplit ? `let partsAt = ${wordAt(bindings - 1)};` : ''}
  for (var i = 0; i < ${tile.rows}; i++) {
    let row = firstRow + i;
    if (row >= rows) { break; }
    ${isSplit ? '' : 'let at = rowPlace(p, row);'}
    for (var v = 0; v < ${vectors}; v++) {
      let column = firstColumn + v * ${tile.across * VECTOR};
      if (column >= columns) { break; }
      let value = values[i * ${vectors} + v];
      ${store}
    }
  }
  ${sums ? `if (word(p + ${fieldAt('sums')}) != 0 && rowTile == 0 && down == 0) {\n${sumsOf}\n}` : ''}`;
}

/** Adds up the parts of each element, in order. */
function printAddingPass({ structure }: ProductCode, { bindings, records, sums }: Positions): string {
  const header = (name: keyof typeof HEADER): string => wordAt(bindings + HEADER[name]);
  const width = structure.storesVectors ? VECTOR : 1;
  const type = structure.storesVectors ? 'vec4<f32>' : 'f32';
  const stride = recordWords(structure);
  const at = structure.storesVectors ? '>> 2' : '';
  return `
@compute @workgroup_size(${ADDING_INVOCATIONS})
fn addParts(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  let element = (i32(group.y * groups.x + group.x) * ${ADDING_INVOCATIONS} + i32(index)) * ${width};
  let elements = ${header('elements')};
  if (element >= elements + ${header('sums')}) { return; }
  let first = ${wordAt(bindings - 1)} + element;
  let stride = ${header('partStride')};
  var value = ${type}();
  for (var part = 0; part < ${header('parts')}; part++) { value += parts[(first + part * stride)${at}]; }
  ${
    structure.sums
      ? `if (element >= elements) {
    let to = ${wordAt(sums)} + element - elements;
    ${
      width === 1
        ? 'sums[to] = value;'
        : range(VECTOR)
            .map((n) => `sums[to + ${n}] = value[${n}];`)
            .join(' ')
    }
    return;
  }`
      : ''
  }
  var p = ${records};
  ${
    structure.products === 1
      ? ''
      : `for (var q = ${records + stride}; q < ${records + stride * structure.products}; q += ${stride}) {
    if (element >= word(q + ${fieldAt('firstElement')})) { p = q; }
  }`
  }
  let columns = word(p + ${fieldAt('columns')});
  let rows = word(p + ${fieldAt('rows')});
  let ofOne = element - word(p + ${fieldAt('firstElement')});
  let anyRow = ofOne / columns;
  let column = ofOne - anyRow * columns;
  let repetition = ${structure.loop === 0 ? '0' : 'anyRow / rows'};
  let at = rowPlace(p, anyRow - repetition * rows);
  let place = repetitionPlace(p, repetition);
  finish(${width === 1 ? 'vec4<f32>(value, 0, 0, 0)' : 'value'}, place.output + at.y + place.column + column, place.row + at.z,
      place.column + column, ${width});
}
`;
}

/** Elements that an invocation of the adding pass takes. */
const addedAtOnce = ({ storesVectors }: Structure): number =>
  ADDING_INVOCATIONS * (storesVectors ? VECTOR : 1);

export function productShader(name: string, code: ProductCode): Shader {
  const { structure, epilogue } = code;
  const { tile } = structure;
  const positions = positionsOf(code);
  const usesSubgroups = tile.kind === 'subgroup';
  const passes: ShaderPass[] = [
    {
      entryPoint: 'multiply',
      workgroups: (integers) => folded((integers[HEADER.tiles] ?? 0) * (integers[HEADER.parts] ?? 1)),
    },
  ];
  if (structure.isSplit) {
    passes.push({
      entryPoint: 'addParts',
      workgroups: (integers) =>
        folded(
          Math.ceil(
            ((integers[HEADER.elements] ?? 0) + (integers[HEADER.sums] ?? 0)) / addedAtOnce(structure),
          ),
        ),
    });
  }
  return {
    name,
    passes,
    access: range(positions.bindings).map((i) => (i < positions.outputs ? 'read' : 'write')),
    code: `${usesSubgroups ? 'enable subgroups;\n' : ''}${declareWords(positions.scalars + epilogue.scalars.length + 1)}
${printBindings(code, positions)}
${printPlaces(structure)}
${printEpilogue(epilogue, positions, structure.storesVectors)}
${printInnerLoop(structure, positions).declarations}
@compute @workgroup_size(${tile.across * tile.down})
fn multiply(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32${usesSubgroups ? ', @builtin(subgroup_invocation_id) neighbour: u32' : ''}) {
${printTile(code, positions)}
${printInnerLoop(structure, positions).code}
${printResults(code, positions)}
}
${structure.isSplit ? printAddingPass(code, positions) : ''}`,
  };
}
