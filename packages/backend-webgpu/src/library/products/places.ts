/** How a shader finds where repetitions, rows and columns of a product lie: by dividing an index by extents, innermost first. */
import type { Axis } from '@hadal/core/products';
import { range } from '../../words';
import { type AxisKind, axisAt, type Field, fieldAt, type Structure } from './layout';

/** Statements that take `index` apart and add to each of `targets` as an axis moves it. */
function printDivision(
  structure: Structure,
  kind: AxisKind,
  targets: Readonly<Partial<Record<keyof Axis, string>>>,
): string {
  const word = (position: number, move: keyof Axis): string =>
    `word(p + ${axisAt(structure, kind, position, move)})`;
  const moves = Object.entries(targets);
  return range(structure[kind])
    .reverse()
    .map((position) => {
      const add = moves
        .map(([move, target]) => `${target} += here * ${word(position, move as keyof Axis)};`)
        .join(' ');
      if (position === 0) return `  { let here = rest; ${add} }`;
      return `  { let extent = ${word(position, 'extent')}; let next = rest / extent; let here = rest - next * extent; rest = next; ${add} }`;
    })
    .join('\n');
}

const field = (name: Field): string => `word(p + ${fieldAt(name)})`;

/**
 * Functions of the shader. `p` is the word at which the record of a product begins. `rowPlace` says where a row lies in
 * the left operand, in the outputs, and among the rows of the result; `columnPlace` where a column lies in the right one.
 */
export const printPlaces = (structure: Structure): string => `
struct Place { left: i32, right: i32, output: i32, row: i32, column: i32 }

fn repetitionPlace(p: i32, index: i32) -> Place {
  var place = Place(${field('left')}, ${field('right')}, ${field('output')}, ${field('row')}, 0);
  var rest = index;
${printDivision(structure, 'loop', {
  left: 'place.left',
  right: 'place.right',
  output: 'place.output',
  row: 'place.row',
  column: 'place.column',
})}
  return place;
}

fn rowPlace(p: i32, index: i32) -> vec3<i32> {
  var place = vec3<i32>();
  var rest = index;
${printDivision(structure, 'rows', { left: 'place.x', output: 'place.y', row: 'place.z' })}
  return place;
}

fn columnPlace(p: i32, index: i32) -> i32 {
  var place = 0;
  var rest = index;
${printDivision(structure, 'columns', { right: 'place' })}
  return place;
}
`;
