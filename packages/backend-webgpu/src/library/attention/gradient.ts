/**
 * The gradient of attention, whose scores are computed again, in two passes without atomics:
 *
 * - `queries`: an invocation walks over the keys of its queries as attention does. With e the exponentials and d the
 *   products of cotangents and values, the gradient of a query is Σ e · (d - D) · key / Σ e, where D = Σ e · d / Σ e is only
 *   known at the end: both of its parts are added up. What was greatest, 1 / Σ e and D are kept for the second pass.
 * - `keys`: an invocation walks over the queries of its keys, and knows each weight at once.
 */
import { functionsOf } from '../../printer/functions';
import type { Shader } from '../../shader';
import { range } from '../../words';
import { groupsOf, LEAST, printDots, printOwnRows, printOwnVectors, printZeros } from './forward';
import { type AttentionCode, AttentionPrinter, vectorsIn } from './operands';

const lines = (statements: readonly string[]): string => statements.join('\n    ');

interface Pass {
  readonly declarations: string;
  readonly code: string;
}

const places = (printer: AttentionPrinter): string => `let queryAt = queryPlace(head);
  let keyAt = keyPlace(head);
  let valueAt = valuePlace(head);
  let cotangentAt = cotangentPlace(head);
  ${printer.code.isMasked ? 'let maskAt = maskPlace(head);' : ''}
  let scale = ${printer.header('scale')};`;

/** Adds `factor` times the vectors of a row to own sums. */
const printAdded = (
  rows: number,
  extent: number,
  part: (c: number) => string,
  sums: readonly (readonly [name: string, factor: string])[],
): string =>
  lines(
    range(vectorsIn(extent)).map(
      (c) =>
        `{ let part = ${part(c)}; ${range(rows)
          .flatMap((r) =>
            sums.map(
              ([name, factor]) => `${name}${r}_${c} = fma(vec4<f32>(${factor}${r}), part, ${name}${r}_${c});`,
            ),
          )
          .join(' ')} }`,
    ),
  );

function printQueries(printer: AttentionPrinter): Pass {
  const { rows, depth, width, isCausal } = printer.code;
  const own = range(rows);
  const parts = range(vectorsIn(depth));
  const walk = printer.walk(
    ['key', 'value'],
    'keys',
    ['0', isCausal ? 'select(0, min(keys, end), first < queries)' : 'select(0, keys, first < queries)'],
    ['0', isCausal ? 'min(keys, endOfGroup)' : 'keys'],
    (position, part) =>
      lines([
        printDots('score', 'query', rows, depth, (c) => part(0, c)),
        printDots('product', 'cotangent', rows, width, (c) => part(1, c)),
        ...own.map(
          (r) => `let open${r} = ${printer.isOpen(`row${r}`, position)};
    if (open${r} && score${r} > greatest${r}) {
      let less = float_exp(greatest${r} - score${r});
      total${r} *= less; share${r} *= less;
      ${parts.map((c) => `keySum${r}_${c} *= less; sum${r}_${c} *= less;`).join(' ')}
      greatest${r} = score${r};
    }
    let weight${r} = select(0.0, float_exp(score${r} - greatest${r}), open${r});
    let weighted${r} = select(0.0, weight${r} * product${r}, open${r});
    total${r} += weight${r};
    share${r} += weighted${r};`,
        ),
        printAdded(rows, depth, (c) => part(0, c), [
          ['sum', 'weighted'],
          ['keySum', 'weight'],
        ]),
      ]),
  );
  return {
    declarations: walk.declarations,
    code: `${printOwnRows(printer, 'queries')}
  ${places(printer)}
  ${printOwnVectors(printer, 'query', ' * scale')}
  ${printOwnVectors(printer, 'cotangent')}
  ${printZeros('sum', rows, depth)}
  ${printZeros('keySum', rows, depth)}
  ${own.map((r) => `var greatest${r} = ${LEAST}; var total${r} = 0.0; var share${r} = 0.0;`).join(' ')}
  ${walk.code}
  let keptAt = (${printer.bound('kept')} >> 2) + head * queries;
  let resultAt = ${printer.bound('result')} + head * queries * ${depth};
  ${own
    .map(
      (r) => `if (first + ${r} < queries) {
    let factor = select(1.0 / total${r}, 0.0, total${r} == 0.0);
    let meanProduct = share${r} * factor;
    kept[keptAt + row${r}] = vec4<f32>(greatest${r}, factor, meanProduct, 0.0);
    ${printer.storeRow(
      `resultAt + row${r} * ${depth}`,
      depth,
      (c) => `(sum${r}_${c} - meanProduct * keySum${r}_${c}) * (factor * scale)`,
    )}
  }`,
    )
    .join('\n  ')}`,
  };
}

function printKeys(printer: AttentionPrinter): Pass {
  const { rows, depth, width, isCausal } = printer.code;
  const own = range(rows);
  const walk = printer.walk(
    ['query', 'cotangent'],
    'queries',
    [isCausal ? 'min(first, queries)' : '0', 'select(0, queries, first < keys)'],
    [isCausal ? 'min(firstOfGroup, queries)' : '0', 'queries'],
    (position, part) =>
      lines([
        printDots('score', 'key', rows, depth, (c) => part(0, c)),
        printDots('product', 'value', rows, width, (c) => part(1, c)),
        `let known = kept[keptAt + ${position}];`,
        ...own.map(
          (r) => `let open${r} = ${printer.isOpen(position, `row${r}`)};
    let weight${r} = select(0.0, float_exp(score${r} * scale - known.x) * known.y, open${r});
    let change${r} = select(0.0, weight${r} * (product${r} - known.z), open${r});`,
        ),
        printAdded(rows, depth, (c) => part(0, c), [['keySum', 'change']]),
        printAdded(rows, width, (c) => part(1, c), [['valueSum', 'weight']]),
      ]),
  );
  return {
    declarations: walk.declarations,
    code: `${printOwnRows(printer, 'keys')}
  ${places(printer)}
  ${printOwnVectors(printer, 'key')}
  ${printOwnVectors(printer, 'value')}
  ${printZeros('keySum', rows, depth)}
  ${printZeros('valueSum', rows, width)}
  let keptAt = (${printer.bound('kept')} >> 2) + head * queries;
  ${walk.code}
  let heads = ${printer.header('heads')};
  let keysAt = ${printer.bound('result')} + heads * queries * ${depth};
  let keyTo = keysAt + head * keys * ${depth};
  let valueTo = keysAt + heads * keys * ${depth} + head * keys * ${width};
  ${own
    .map(
      (r) => `if (first + ${r} < keys) {
    { ${printer.storeRow(`keyTo + row${r} * ${depth}`, depth, (c) => `keySum${r}_${c} * scale`)} }
    { ${printer.storeRow(`valueTo + row${r} * ${width}`, width, (c) => `valueSum${r}_${c}`)} }
  }`,
    )
    .join('\n  ')}`,
  };
}

export function attentionGradientShader(name: string, code: AttentionCode): Shader {
  const printer = new AttentionPrinter(code);
  const passes = { queries: printQueries(printer), keys: printKeys(printer) };
  const entry = (entryPoint: string, { code: body }: Pass): string => `
@compute @workgroup_size(${code.invocations})
fn of_${entryPoint}(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {
  ${body}
}
`;
  return {
    name,
    passes: [
      {
        entryPoint: 'of_queries',
        workgroups: ([queries = 0, , heads = 0]) => groupsOf(queries, heads, code),
      },
      {
        entryPoint: 'of_keys',
        workgroups: ([, keys = 0, heads = 0]) => groupsOf(keys, heads, code),
      },
    ],
    access: printer.access,
    code: `${printer.declarations()}${functionsOf(['float_exp'])}
${passes.queries.declarations}${passes.keys.declarations}${entry('queries', passes.queries)}${entry('keys', passes.keys)}`,
  };
}
