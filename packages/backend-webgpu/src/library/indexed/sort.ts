/**
 * The order that sorts lines along an axis, by merging: an invocation counts how many elements of a short block come before
 * its own, and then, block by block of twice the length, how many of the neighbouring one do. No pass has to wait within
 * itself, and since ties are broken by position each element has one place, in every run the same.
 *
 * A call's arguments are `HEADER`, then extent and stride of each other axis, outermost first. Orders between passes lie in
 * the workspace, in two halves that take turns.
 */
import type { OperandView } from '@hadal/core/backend';
import { folded, type Shader, type ShaderPass } from '../../shader';
import { declareBinding, declareWords, range, wordAt } from '../../words';

/** What the code of a sort depends on. */
export interface SortCode {
  readonly kind: 'sort';
  readonly type: 'f32' | 'i32';
  /** How many axes there are beside the one that is sorted along. */
  readonly axes: number;
  readonly isDescending: boolean;
  /** How often blocks are merged until there is one. */
  readonly merges: number;
}

const HEADER = ['elements', 'innerCount', 'extent', 'stride', 'operand'] as const;
const WORDS_PER_AXIS = 2;
const INVOCATIONS = 64;
/** Elements of a block that are compared with each other: counting them takes as long as about ten merges. */
const BLOCK = 64;
/** Halves of the workspace. */
const HALVES = 2;
const BYTES = 4;

const sizeOf = (extents: readonly number[]): number => extents.reduce((total, extent) => total * extent, 1);

export interface SortLayout {
  readonly axes: number;
  readonly merges: number;
  readonly integers: readonly number[];
  readonly workspaceBytes: number;
}

export function layOutSort({ shape, strides, offset }: OperandView, axis: number): SortLayout {
  const others = shape.map((_, i) => i).filter((i) => i !== axis);
  const extent = shape[axis] ?? 0;
  const elements = sizeOf(shape);
  const header: Record<(typeof HEADER)[number], number> = {
    elements,
    innerCount: sizeOf(shape.slice(axis + 1)),
    extent,
    stride: strides[axis] ?? 0,
    operand: offset,
  };
  let merges = 0;
  while (BLOCK * 2 ** merges < extent) merges++;
  return {
    axes: others.length,
    merges,
    integers: [
      ...HEADER.map((name) => header[name]),
      ...others.flatMap((i) => [shape[i] ?? 0, strides[i] ?? 0]),
    ],
    workspaceBytes: Math.min(merges, HALVES) * elements * BYTES,
  };
}

/** Whole numbers in the order of elements: both zeros are equal, and NaN comes last in either direction. */
function printKey(type: SortCode['type'], isDescending: boolean): string {
  const directed = isDescending ? '~ordered' : 'ordered';
  if (type === 'i32') return `let ordered = bits; return ${directed};`;
  return `if ((bits & 0x7fffffff) > 0x7f800000) { return 0x7fffffff; }
  let signed = select(bits, 0, (bits << 1u) == 0);
  let ordered = signed ^ ((signed >> 31u) & 0x7fffffff);
  return ${directed};`;
}

export function sortShader(name: string, { type, axes, isDescending, merges }: SortCode): Shader {
  const bindings = merges > 0 ? 3 : 2;
  const header = (field: (typeof HEADER)[number]): string => wordAt(bindings + HEADER.indexOf(field));
  const first = bindings + HEADER.length;
  const division = range(axes)
    .reverse()
    .map((position) => {
      const [extent, stride] = [0, 1].map((n) => wordAt(first + position * WORDS_PER_AXIS + n));
      return `{ let extentHere = ${extent}; start += (rest % extentHere) * ${stride}; rest = rest / extentHere; }`;
    })
    .join('\n  ');
  const half = (index: number): string =>
    `${wordAt(2)} + ${index % HALVES === 0 ? '0' : header('elements')} + line * extent`;
  /** Stores what became of an element in pass `index`, the last of which writes the result. */
  const store = (index: number): string =>
    index === merges
      ? `let innerCount = ${header('innerCount')};
  let outer = line / innerCount;
  result[${wordAt(1)} + (outer * extent + to) * innerCount + line - outer * innerCount] = place;`
      : `orders[${half(index)} + to] = place;`;
  const entry = (entryPoint: string, body: string): string => `
@compute @workgroup_size(${INVOCATIONS})
fn ${entryPoint}(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  let id = i32(group.y * groups.x + group.x) * ${INVOCATIONS} + i32(index);
  if (id >= ${header('elements')}) { return; }
  let extent = ${header('extent')};
  let line = id / extent;
  let at = id - line * extent;
  let start = lineStart(line);
${body}
}
`;
  const merge = (index: number): string => {
    const width = BLOCK * 2 ** index;
    return entry(
      `merge${index}`,
      `  let ordersAt = ${half(index)};
  let place = orders[ordersAt + at];
  let key = keyAt(start, place);
  let begin = at / ${2 * width} * ${2 * width};
  let middle = min(begin + ${width}, extent);
  let isSecond = at >= middle;
  let other = select(middle, begin, isSecond);
  var low = other;
  var high = select(min(begin + ${2 * width}, extent), middle, isSecond);
  while (low < high) {
    let between = (low + high) / 2;
    let there = orders[ordersAt + between];
    if (comesBefore(keyAt(start, there), there, key, place)) { low = between + 1; } else { high = between; }
  }
  let to = at - select(0, middle - begin, isSecond) + low - other;
  ${store(index + 1)}`,
    );
  };
  const code = `${declareWords(first + axes * WORDS_PER_AXIS)}
${declareBinding(0, 'operand', 'i32')}${declareBinding(1, 'result', 'i32')}${merges > 0 ? declareBinding(2, 'orders', 'i32') : ''}
fn keyOf(bits: i32) -> i32 {
  ${printKey(type, isDescending)}
}

fn keyAt(start: i32, place: i32) -> i32 { return keyOf(operand[start + place * ${header('stride')}]); }

fn comesBefore(key: i32, place: i32, otherKey: i32, otherPlace: i32) -> bool {
  return key < otherKey || (key == otherKey && place < otherPlace);
}

fn lineStart(line: i32) -> i32 {
  var start = ${wordAt(0)} + ${header('operand')};
  var rest = line;
  ${division}
  return start;
}
${entry(
  'count',
  `  let place = at;
  let key = keyAt(start, place);
  let begin = at / ${BLOCK} * ${BLOCK};
  let end = min(begin + ${BLOCK}, extent);
  var to = begin;
  for (var other = begin; other < end; other++) {
    if (comesBefore(keyAt(start, other), other, key, place)) { to++; }
  }
  ${store(0)}`,
)}${range(merges).map(merge).join('')}`;
  const workgroups: ShaderPass['workgroups'] = ([elements = 0]) => folded(Math.ceil(elements / INVOCATIONS));
  return {
    name,
    code,
    passes: ['count', ...range(merges).map((index) => `merge${index}`)].map((entryPoint) => ({
      entryPoint,
      workgroups,
    })),
    access: merges > 0 ? ['read', 'write', 'write'] : ['read', 'write'],
  };
}
