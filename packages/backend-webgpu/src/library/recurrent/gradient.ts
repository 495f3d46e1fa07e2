/**
 * The gradient of a recurrent cell's run, from the last step to the first, dealt out like the run: an invocation owns a unit
 * of a few sequences, and the cotangents of gates are handed round in workgroup memory.
 */
import { folded, type Shader } from '../../shader';
import { range } from '../../words';
import { ACTIVATIONS, type RecurrentCode, RecurrentPrinter, SEQUENCES } from './operands';

/** Adds to `sum` what the columns `gates`, which lie in workgroup memory, bring to this unit through the weights. */
function printSums(sum: string, gates: readonly number[], width: number): string {
  const parts = gates.map((c) => `sum${c}`);
  return `${parts.map((part) => `var ${part} = vec4<f32>();`).join(' ')}
  for (var k = 0; k < units; k++) {
    let weight = weightsAt + unit * weightRow + k * weightColumn;
    ${gates
      .map(
        (c) =>
          `sum${c} = fma(vec4<f32>(recurrent[weight + ${c} * gate]), columns[${c * width} + k], sum${c});`,
      )
      .join('\n    ')}
  }
  let ${sum} = ${parts.join(' + ')};`;
}

/** What a step back computes: statements that change `ofState` (and `ofCell`), and the columns of its row. */
interface Step {
  readonly code: string;
  readonly columns: readonly string[];
}

function printStep(printer: RecurrentPrinter): Step {
  const { cell, width, isMasked } = printer.code;
  const left = (value: number): string => printer.left('after', value);
  const before = (value: number): string => printer.left('before', value);
  const open = (value: string, otherwise = 'nothing'): string =>
    isMasked ? `select(${otherwise}, ${value}, open)` : value;
  const hand = (columns: readonly string[]): string =>
    columns.map((each, i) => `columns[${i * width} + slot] = ${each};`).join('\n  ');
  if (cell === 'lstm') {
    const columns = ['ofI', 'ofF', 'ofG', 'ofO'];
    return {
      code: `let squashed = tanh4(${left(1)});
  let i = ${left(2)};
  let f = ${left(3)};
  let g = ${left(4)};
  let o = ${left(5)};
  let inner = ofCell + state * o * (1.0 - squashed * squashed);
  let ofI = ${open('inner * g * (i * (1.0 - i))')};
  let ofF = ${open(`inner * ${before(1)} * (f * (1.0 - f))`)};
  let ofG = ${open('inner * i * (1.0 - g * g)')};
  let ofO = ${open('state * squashed * (o * (1.0 - o))')};
  ${hand(columns)}
  workgroupBarrier();
  ${printSums('products', [0, 1, 2, 3], width)}
  workgroupBarrier();
  ofState = ${isMasked ? 'select(state, nothing, open) + products' : 'products'};
  ofCell = ${open('inner * f', 'ofCell')};`,
      columns,
    };
  }
  const gates = `let z = ${left(1)};
  let r = ${left(2)};
  let candidate = ${left(3)};
  let met = ${left(4)};
  let old = ${before(0)};
  let ofZ = ${open('state * (old - candidate) * (z * (1.0 - z))')};
  let ofCandidate = ${open('state * (1.0 - z) * (1.0 - candidate * candidate)')};
  let handedOn = ${open('state * z', 'state')};`;
  if (cell === 'gruAfter') {
    return {
      code: `${gates}
  let ofR = ofCandidate * met * (r * (1.0 - r));
  let ofProduct = ofCandidate * r;
  ${hand(['ofZ', 'ofR', 'ofProduct'])}
  workgroupBarrier();
  ${printSums('products', [0, 1, 2], width)}
  workgroupBarrier();
  ofState = handedOn + products;`,
      columns: ['ofZ', 'ofR', 'ofCandidate', 'ofProduct'],
    };
  }
  return {
    code: `${gates}
  columns[${2 * width} + slot] = ofCandidate;
  workgroupBarrier();
  ${printSums('ofGated', [2], width)}
  let ofR = ofGated * old * (r * (1.0 - r));
  ${hand(['ofZ', 'ofR'])}
  workgroupBarrier();
  ${printSums('products', [0, 1], width)}
  workgroupBarrier();
  ofState = handedOn + ofGated * r + products;`,
    columns: ['ofZ', 'ofR', 'ofCandidate', 'met'],
  };
}

export function runGradientShader(name: string, code: RecurrentCode): Shader {
  const printer = new RecurrentPrinter(code);
  const { cell, width, isReverse } = code;
  const isLstm = cell === 'lstm';
  const { code: step, columns } = printStep(printer);
  const open = printer.open('time');
  const given = printer.four(
    'given',
    1,
    `time * ${printer.stride('given', 0)} + unit * ${printer.stride('given', 2)}`,
  );
  const ends = isLstm ? ['ofState', 'ofCell'] : ['ofState'];
  return {
    name,
    passes: [
      {
        entryPoint: 'back',
        workgroups: ([, batch = 0, units = 0]) => folded(units === 0 ? 0 : Math.ceil(batch / SEQUENCES)),
      },
    ],
    access: range(printer.bindings).map((i) => (i === printer.bindings - 1 ? 'write' : 'read')),
    code: `${printer.declarations()}
var<workgroup> columns: array<vec4<f32>, ${(isLstm ? 4 : 3) * width}>;
${ACTIVATIONS}
@compute @workgroup_size(${width})
fn back(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  ${printer.beginning()}
  let gate = units * weightColumn;
  let nothing = vec4<f32>();
  var ofState = nothing;
  ${isLstm ? `var ofCell = ${printer.four('later', 0, `unit * ${printer.stride('later', 1)}`)};` : ''}
  for (var step = 0; step < length; step++) {
    let time = ${isReverse ? 'step' : 'length - 1 - step'};
    let after = ${isReverse ? 'time' : 'time + 1'};
    let before = ${isReverse ? 'time + 1' : 'time'};
    let state = ofState + ${given};
    ${open === undefined ? '' : `let open = ${open};`}
  ${step}
  ${printer.store('after', columns)}
  }
  ${printer.store(
    isReverse ? 'length' : '0',
    columns.map((_, i) => ends[i] ?? 'nothing'),
  )}
}
`,
  };
}
