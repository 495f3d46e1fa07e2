/**
 * Cumulative sums, products, maxima and minima along an axis: each invocation walks one line, and neighbours walk lines that
 * lie beside each other, in the order in which the interpreter adds.
 *
 * A call's arguments are `HEADER`, then extent and stride of each other axis, outermost first.
 */
import type { OperandView } from '@hadal/core/backend';
import { functionsOf } from '../../printer/functions';
import { folded, type Shader } from '../../shader';
import { declareBinding, declareWords, range, wordAt } from '../../words';
import { type Combining, combiner } from './combine';

/** What the code of a scan depends on. */
export interface ScanCode {
  readonly kind: 'scan';
  readonly combine: Combining;
  readonly type: 'f32' | 'i32';
  /** How many axes there are beside the one that is walked. */
  readonly axes: number;
  readonly isReverse: boolean;
}

const HEADER = ['lines', 'innerCount', 'extent', 'stride', 'operand'] as const;
const WORDS_PER_AXIS = 2;
const BINDINGS = 2;
const INVOCATIONS = 64;

const sizeOf = (extents: readonly number[]): number => extents.reduce((total, extent) => total * extent, 1);

export function layOutScan(
  { shape, strides, offset }: OperandView,
  axis: number,
): { readonly axes: number; readonly integers: readonly number[] } {
  const others = shape.map((_, i) => i).filter((i) => i !== axis);
  const extent = shape[axis] ?? 0;
  const header: Record<(typeof HEADER)[number], number> = {
    lines: extent === 0 ? 0 : sizeOf(others.map((i) => shape[i] ?? 0)),
    innerCount: sizeOf(shape.slice(axis + 1)),
    extent,
    stride: strides[axis] ?? 0,
    operand: offset,
  };
  return {
    axes: others.length,
    integers: [
      ...HEADER.map((name) => header[name]),
      ...others.flatMap((i) => [shape[i] ?? 0, strides[i] ?? 0]),
    ],
  };
}

export function scanShader(name: string, { combine, type, axes, isReverse }: ScanCode): Shader {
  const header = (field: (typeof HEADER)[number]): string => wordAt(BINDINGS + HEADER.indexOf(field));
  const first = BINDINGS + HEADER.length;
  const division = range(axes)
    .reverse()
    .map((position) => {
      const [extent, stride] = [0, 1].map((n) => wordAt(first + position * WORDS_PER_AXIS + n));
      return `{ let extentHere = ${extent}; first += (rest % extentHere) * ${stride}; rest = rest / extentHere; }`;
    })
    .join('\n  ');
  const { expression, used } = combiner(combine, type);
  const code = `${declareWords(first + axes * WORDS_PER_AXIS)}
${declareBinding(0, 'operand', type)}${declareBinding(1, 'result', type)}
${functionsOf(used)}
@compute @workgroup_size(${INVOCATIONS})
fn scan(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  let line = i32(group.y * groups.x + group.x) * ${INVOCATIONS} + i32(index);
  if (line >= ${header('lines')}) { return; }
  let innerCount = ${header('innerCount')};
  let extent = ${header('extent')};
  let stride = ${header('stride')};
  var first = ${wordAt(0)} + ${header('operand')};
  var rest = line;
  ${division}
  let outer = line / innerCount;
  let to = ${wordAt(1)} + outer * extent * innerCount + line - outer * innerCount;
  var total = ${type}();
  for (var i = 0; i < extent; i++) {
    let place = ${isReverse ? 'extent - 1 - i' : 'i'};
    let r0 = total;
    let r1 = operand[first + place * stride];
    if (i == 0) { total = r1; } else { total = ${expression}; }
    result[to + place * innerCount] = total;
  }
}
`;
  return {
    name,
    code,
    passes: [{ entryPoint: 'scan', workgroups: ([lines = 0]) => folded(Math.ceil(lines / INVOCATIONS)) }],
    access: ['read', 'write'],
  };
}
