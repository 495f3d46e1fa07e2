/**
 * A recurrent cell over whole sequences in one dispatch: a workgroup walks through the time of a few sequences, an invocation
 * owns a unit, and states are handed on in workgroup memory, whose two halves take turns.
 */
import { folded, type Shader } from '../../shader';
import { range } from '../../words';
import { ACTIVATIONS, type RecurrentCode, RecurrentPrinter, SEQUENCES } from './operands';

/** Sums over the units of `vector` times columns of the recurrent weights, added to `g0`, `g1` … */
function printProducts(vector: (unit: string) => string, columns: readonly number[]): string {
  return `for (var k = 0; k < units; k++) {
    let each = ${vector('k')};
    let weight = weightsAt + k * weightRow + unit * weightColumn;
    ${columns
      .map((c) => `g${c} = fma(vec4<f32>(recurrent[weight + ${c} * gate]), each, g${c});`)
      .join('\n    ')}
  }`;
}

/** What a step computes: statements, and the values of its row, states first. */
interface Step {
  readonly code: string;
  readonly values: readonly string[];
}

function printStep(printer: RecurrentPrinter): Step {
  const { cell, width } = printer.code;
  const projected = (column: number): string =>
    printer.four(
      'projected',
      1,
      `time * ${printer.stride('projected', 0)} + (${column} * units + unit) * ${printer.stride('projected', 2)}`,
    );
  const begin = (columns: readonly number[], value: (column: number) => string): string =>
    columns.map((c) => `var g${c} = ${value(c)};`).join('\n  ');
  const state = (k: string): string => `states[turn * ${width} + ${k}]`;
  if (cell === 'lstm') {
    return {
      code: `${begin([0, 1, 2, 3], projected)}
  ${printProducts(state, [0, 1, 2, 3])}
  let i = sigmoid4(g0);
  let f = sigmoid4(g1);
  let g = tanh4(g2);
  let o = sigmoid4(g3);
  let newCell = f * oldCell + i * g;
  let newState = o * tanh4(newCell);`,
      values: ['newState', 'newCell', 'i', 'f', 'g', 'o'],
    };
  }
  if (cell === 'gruAfter') {
    const bias = (c: number): string =>
      `vec4<f32>(bias[${printer.base('bias')} + (${c} * units + unit) * ${printer.stride('bias', 0)}])`;
    return {
      code: `${begin([0, 1, 2], bias)}
  ${printProducts(state, [0, 1, 2])}
  let z = sigmoid4(${projected(0)} + g0);
  let r = sigmoid4(${projected(1)} + g1);
  let candidate = tanh4(${projected(2)} + r * g2);
  let newState = candidate + z * (oldState - candidate);`,
      values: ['newState', 'z', 'r', 'candidate', 'g2'],
    };
  }
  return {
    code: `${begin([0, 1], projected)}
  ${printProducts(state, [0, 1])}
  let z = sigmoid4(g0);
  let r = sigmoid4(g1);
  let gated = r * oldState;
  gatedStates[slot] = gated;
  workgroupBarrier();
  ${begin([2], projected)}
  ${printProducts((k) => `gatedStates[${k}]`, [2])}
  let candidate = tanh4(g2);
  let newState = candidate + z * (oldState - candidate);`,
    values: ['newState', 'z', 'r', 'candidate', 'gated'],
  };
}

export function runShader(name: string, code: RecurrentCode): Shader {
  const printer = new RecurrentPrinter(code);
  const { cell, width, isReverse } = code;
  const isLstm = cell === 'lstm';
  const states = isLstm ? 2 : 1;
  const { code: step, values } = printStep(printer);
  const initial = (operand: string): string =>
    printer.four(operand, 0, `unit * ${printer.stride(operand, 1)}`);
  const old = ['oldState', 'oldCell'].slice(0, states);
  const open = printer.open('time');
  const kept = open === undefined ? values : values.map((value, i) => (i < states ? `kept${i}` : value));
  return {
    name,
    passes: [
      {
        entryPoint: 'run',
        workgroups: ([, batch = 0, units = 0]) => folded(units === 0 ? 0 : Math.ceil(batch / SEQUENCES)),
      },
    ],
    access: range(printer.bindings).map((i) => (i === printer.bindings - 1 ? 'write' : 'read')),
    code: `${printer.declarations()}
var<workgroup> states: array<vec4<f32>, ${2 * width}>;
${cell === 'gruBefore' ? `var<workgroup> gatedStates: array<vec4<f32>, ${width}>;` : ''}
${ACTIVATIONS}
@compute @workgroup_size(${width})
fn run(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  ${printer.beginning()}
  let gate = units * weightColumn;
  var oldState = ${initial('hidden')};
  ${isLstm ? `var oldCell = ${initial('cell')};` : ''}
  let nothing = vec4<f32>();
  ${printer.store(
    isReverse ? 'length' : '0',
    values.map((_, i) => old[i] ?? 'nothing'),
  )}
  states[slot] = oldState;
  for (var step = 0; step < length; step++) {
    let time = ${isReverse ? 'length - 1 - step' : 'step'};
    let turn = step & 1;
    workgroupBarrier();
  ${step}
  ${open === undefined ? '' : `let open = ${open};`}
  ${open === undefined ? '' : old.map((each, i) => `let kept${i} = select(${each}, ${values[i]}, open);`).join('\n  ')}
  ${old.map((each, i) => `${each} = ${kept[i]};`).join('\n  ')}
  states[(1 - turn) * ${width} + slot] = oldState;
  ${printer.store(isReverse ? 'time' : 'time + 1', kept)}
  }
}
`,
  };
}
