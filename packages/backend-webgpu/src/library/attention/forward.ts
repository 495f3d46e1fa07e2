/**
 * Attention without its scores in memory (Dao et al. 2022): an invocation walks over the keys of a few queries, keeps what
 * was greatest so far, and scales down what it has added up whenever a greater score comes (Milakov & Gimelshein 2018).
 */
import { functionsOf } from '../../printer/functions';
import { folded, type Shader } from '../../shader';
import { range } from '../../words';
import { type AttentionCode, AttentionPrinter, vectorsIn } from './operands';

/** Below every score. */
export const LEAST = '-3.4028234e38f';

const lines = (statements: readonly string[]): string => statements.join('\n    ');

/** The sum of a vector's elements. */
export const total = (vector: string): string => `${vector}.x + ${vector}.y + (${vector}.z + ${vector}.w)`;

/** Statements that name the rows of this invocation: `row0` …, the last of which stand in for rows beyond the end. */
export function printOwnRows(printer: AttentionPrinter, rows: string): string {
  const { rows: each, invocations } = printer.code;
  const together = each * invocations;
  return `let id = i32(group.y * groups.x + group.x);
  let queries = ${printer.header('queries')};
  let keys = ${printer.header('keys')};
  let blocks = (${rows} + ${together - 1}) / ${together};
  let head = id / max(blocks, 1);
  if (head >= ${printer.header('heads')} || blocks == 0) { return; }
  let firstOfGroup = (id - head * blocks) * ${together};
  let endOfGroup = min(firstOfGroup + ${together}, ${rows});
  let first = firstOfGroup + i32(index) * ${each};
  let end = min(first + ${each}, ${rows});
  ${range(each)
    .map((r) => `let row${r} = min(first + ${r}, ${rows} - 1);`)
    .join(' ')}`;
}

/** How many workgroups rows of so many heads take. */
export const groupsOf = (rows: number, heads: number, { rows: each, invocations }: AttentionCode) =>
  folded(Math.ceil(rows / (each * invocations)) * heads);

/** Vectors of own rows, named `name0_0` … by row and part. */
export const printOwnVectors = (
  printer: AttentionPrinter,
  operand: 'query' | 'key' | 'value' | 'cotangent',
  factor = '',
): string =>
  range(printer.code.rows)
    .flatMap((r) => [
      `let ${operand}Row${r} = ${operand}At + row${r} * ${printer.stride(operand, 'row')};`,
      ...range(vectorsIn(printer.extentOf(operand))).map(
        (c) => `let ${operand}${r}_${c} = ${operand}Part(${operand}Row${r}, ${c})${factor};`,
      ),
    ])
    .join('\n  ');

/** Sums `name0` … of products of own rows with the vectors of another row. */
export const printDots = (
  name: string,
  own: string,
  rows: number,
  extent: number,
  part: (c: number) => string,
): string => {
  const each = range(rows);
  return lines([
    ...each.map((r) => `var ${name}Of${r} = vec4<f32>();`),
    ...range(vectorsIn(extent)).map(
      (c) =>
        `{ let part = ${part(c)}; ${each.map((r) => `${name}Of${r} = fma(${own}${r}_${c}, part, ${name}Of${r});`).join(' ')} }`,
    ),
    ...each.map((r) => `let ${name}${r} = ${total(`${name}Of${r}`)};`),
  ]);
};

/** Statements that begin a sum of vectors for each own row. */
export const printZeros = (name: string, rows: number, extent: number): string =>
  range(rows)
    .flatMap((r) => range(vectorsIn(extent)).map((c) => `var ${name}${r}_${c} = vec4<f32>();`))
    .join(' ');

export function attentionShader(name: string, code: AttentionCode): Shader {
  const printer = new AttentionPrinter(code);
  const { rows, depth, width, isCausal, isMasked, invocations } = code;
  const own = range(rows);
  const parts = range(vectorsIn(width));
  const { declarations, code: walk } = printer.walk(
    ['key', 'value'],
    'keys',
    ['0', isCausal ? 'select(0, min(keys, end), first < queries)' : 'select(0, keys, first < queries)'],
    ['0', isCausal ? 'min(keys, endOfGroup)' : 'keys'],
    (position, part) =>
      lines([
        printDots('score', 'query', rows, depth, (c) => part(0, c)),
        ...own.map((r) => {
          const scaled = [`total${r} *= less;`, ...parts.map((c) => `sum${r}_${c} *= less;`)].join(' ');
          return `let open${r} = ${printer.isOpen(`row${r}`, position)};
    if (open${r} && score${r} > greatest${r}) {
      let less = float_exp(greatest${r} - score${r});
      ${scaled}
      greatest${r} = score${r};
    }
    let weight${r} = select(0.0, float_exp(score${r} - greatest${r}), open${r});
    total${r} += weight${r};`;
        }),
        ...parts.map(
          (c) =>
            `{ let part = ${part(1, c)}; ${own.map((r) => `sum${r}_${c} = fma(vec4<f32>(weight${r}), part, sum${r}_${c});`).join(' ')} }`,
        ),
      ]),
  );
  return {
    name,
    passes: [
      {
        entryPoint: 'attend',
        workgroups: ([queries = 0, , heads = 0]) => groupsOf(queries, heads, code),
      },
    ],
    access: printer.access,
    code: `${printer.declarations()}${functionsOf(['float_exp'])}
${declarations}
@compute @workgroup_size(${invocations})
fn attend(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  ${printOwnRows(printer, 'queries')}
  let queryAt = queryPlace(head);
  let keyAt = keyPlace(head);
  let valueAt = valuePlace(head);
  ${isMasked ? 'let maskAt = maskPlace(head);' : ''}
  let scale = ${printer.header('scale')};
  ${printOwnVectors(printer, 'query', ' * scale')}
  ${printZeros('sum', rows, width)}
  ${own.map((r) => `var greatest${r} = ${LEAST}; var total${r} = 0.0;`).join(' ')}
  ${walk}
  let resultAt = ${printer.bound('result')} + head * queries * ${width};
  ${own
    .map(
      (r) => `if (first + ${r} < queries) {
    let factor = select(1.0 / total${r}, 0.0, total${r} == 0.0);
    ${printer.storeRow(`resultAt + row${r} * ${width}`, width, (c) => `sum${r}_${c} * factor`)}
  }`,
    )
    .join('\n  ')}
}
`,
  };
}
