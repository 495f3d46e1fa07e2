/**
 * The part of a product's shader in which time is spent: sums over the inner axes.
 *
 * The last inner axis is walked by a loop of its own, so that nothing is divided where products are added. Rows and columns
 * beyond the edge of the result are those of the edge, computed again and never stored.
 */
import { range, wordAt } from '../../words';
import { axisAt, type Structure } from './layout';
import type { Positions } from './shader';
import { SHARING_SUBGROUP, tileColumns, tileRows, VECTOR } from './tile';

interface Printed {
  /** Memory of the workgroup. */
  readonly declarations: string;
  readonly code: string;
}

/** Statements that prepare the addresses of an operand, read a step of it, and name what was read. */
interface Fragment {
  readonly prepare: string;
  /** Read once for all steps that go together. */
  readonly readAll: string;
  readonly read: (step: number) => string;
  readonly value: (position: number, step: number) => string;
}

const lines = (statements: readonly string[]): string => statements.join('\n');

/** Steps that go together: as many as a vector along the inner axis has. */
const stepsOf = ({ left, right }: Structure): number => (left === 'inner' || right === 'inner' ? VECTOR : 1);

/** Rows of the left operand, each read by the invocation itself. */
function ownRows({ left, tile }: Structure): Fragment {
  const step = (k: number): string => (k === 0 ? 'leftAt' : `leftAt + ${k} * leftStep`);
  const rowAt = (i: string): string => `leftBase + rowPlace(p, min(firstRow + ${i}, rows - 1)).x`;
  const rows = range(tile.rows);
  if (left === 'inner') {
    return {
      prepare: lines(rows.map((i) => `let row${i} = (${rowAt(`${i}`)}) >> 2;`)),
      readAll: lines(rows.map((i) => `let a${i} = left[row${i} + (leftAt >> 2)];`)),
      read: () => '',
      value: (i, k) => `a${i}[${k}]`,
    };
  }
  if (left === 'rows') {
    const groups = range(tile.rows / VECTOR);
    return {
      prepare: lines(
        groups.map((g) => `let row${g} = leftBase + min(firstRow + ${g * VECTOR}, rows - ${VECTOR});`),
      ),
      readAll: '',
      read: (k) => lines(groups.map((g) => `let a${g} = left[(row${g} + ${step(k)}) >> 2];`)),
      value: (i) => `a${i >> 2}[${i & 3}]`,
    };
  }
  return {
    prepare: lines(rows.map((i) => `let row${i} = ${rowAt(`${i}`)};`)),
    readAll: '',
    read: (k) => lines(rows.map((i) => `let a${i} = left[row${i} + ${step(k)}];`)),
    value: (i) => `a${i}`,
  };
}

/** Rows of the left operand, of which neighbours in a subgroup read each a part, for they have the same rows. */
function sharedRows({ left, tile }: Structure): Fragment {
  const size = SHARING_SUBGROUP;
  const step = (k: number): string => (k === 0 ? 'leftAt' : `leftAt + ${k} * leftStep`);
  const each = range(tile.rows);
  const broadcast = (value: (i: number) => string): string =>
    lines(each.map((i) => `let a${i} = ${value(i)};`));
  if (left === 'rows') {
    // Each reads four rows; those of a small tile are read by several.
    const groups = tile.rows / VECTOR;
    return {
      prepare: `let row0 = leftBase + min(firstRow + (lane % ${groups}) * ${VECTOR}, rows - ${VECTOR});`,
      readAll: '',
      read: (k) =>
        `let q0 = left[(row0 + ${step(k)}) >> 2];\n${broadcast((i) => `subgroupBroadcast(q0[${i & 3}], ${i >> 2}u)`)}`,
      value: (i) => `a${i}`,
    };
  }
  const groups = range(tile.rows / size);
  const rowAt = (g: number): string =>
    `leftBase + rowPlace(p, min(firstRow + lane + ${g * size}, rows - 1)).x`;
  if (left === 'inner') {
    return {
      prepare: lines(groups.map((g) => `let row${g} = (${rowAt(g)}) >> 2;`)),
      readAll: lines(groups.map((g) => `let q${g} = left[row${g} + (leftAt >> 2)];`)),
      read: (k) => broadcast((i) => `subgroupBroadcast(q${Math.floor(i / size)}[${k}], ${i % size}u)`),
      value: (i) => `a${i}`,
    };
  }
  return {
    prepare: lines(groups.map((g) => `let row${g} = ${rowAt(g)};`)),
    readAll: '',
    read: (k) =>
      lines([
        ...groups.map((g) => `let q${g} = left[row${g} + ${step(k)}];`),
        broadcast((i) => `subgroupBroadcast(q${Math.floor(i / size)}, ${i % size}u)`),
      ]),
    value: (i) => `a${i}`,
  };
}

/** Columns of the right operand. */
function ownColumns({ right, tile }: Structure): Fragment {
  const vectors = range(tile.columns / VECTOR);
  const step = (k: number): string => (k === 0 ? 'rightAt' : `rightAt + ${k} * rightStep`);
  const column = (v: number, n = 0): string => `firstColumn + ${v * tile.across * VECTOR + n}`;
  const columnAt = (v: number, n: number): string =>
    `rightBase + columnPlace(p, min(${column(v, n)}, columns - 1))`;
  if (right === 'columns') {
    return {
      prepare: lines(
        vectors.map((v) => `let column${v} = rightBase + min(${column(v)}, columns - ${VECTOR});`),
      ),
      readAll: '',
      read: (k) => lines(vectors.map((v) => `let b${v} = right[(column${v} + ${step(k)}) >> 2];`)),
      value: (v) => `b${v}`,
    };
  }
  const singles = vectors.flatMap((v) => range(VECTOR).map((n) => ({ v, n, name: `${v}_${n}` })));
  const gathered = (suffix: string): string =>
    lines(
      vectors.map(
        (v) =>
          `let b${v} = vec4<f32>(${range(VECTOR)
            .map((n) => `t${v}_${n}${suffix}`)
            .join(', ')});`,
      ),
    );
  if (right === 'inner') {
    return {
      prepare: lines(singles.map(({ v, n, name }) => `let column${name} = (${columnAt(v, n)}) >> 2;`)),
      readAll: lines(singles.map(({ name }) => `let t${name} = right[column${name} + (rightAt >> 2)];`)),
      read: (k) => gathered(`[${k}]`),
      value: (v) => `b${v}`,
    };
  }
  return {
    prepare: lines(singles.map(({ v, n, name }) => `let column${name} = ${columnAt(v, n)};`)),
    readAll: '',
    read: (k) =>
      lines([
        ...singles.map(({ name }) => `let t${name} = right[column${name} + ${step(k)}];`),
        gathered(''),
      ]),
    value: (v) => `b${v}`,
  };
}

/** Walks the inner axes in runs along the last of them; `body` is done every `steps` along a run. */
function printRuns(structure: Structure, steps: number, body: string): string {
  const last = structure.inner - 1;
  const word = (position: number, move: 'extent' | 'left' | 'right'): string =>
    `word(p + ${axisAt(structure, 'inner', position, move)})`;
  const outer = range(last)
    .reverse()
    .map((position) => {
      const move = `leftAt += here * ${word(position, 'left')}; rightAt += here * ${word(position, 'right')};`;
      if (position === 0) return `{ let here = rest; ${move} }`;
      return `{ let extent = ${word(position, 'extent')}; let next = rest / extent; let here = rest - next * extent; rest = next; ${move} }`;
    })
    .join('\n    ');
  return `
  let leftStep = ${word(last, 'left')};
  let rightStep = ${word(last, 'right')};
  let extentOfRun = ${word(last, 'extent')};
  var k = begin;
  while (k < end) {
    ${last === 0 ? 'let first = k;' : 'var rest = k / extentOfRun; let first = k - rest * extentOfRun;'}
    let run = min(extentOfRun - first, end - k);
    var leftAt = first * leftStep;
    var rightAt = first * rightStep;
    ${outer}
    for (var j = 0; j < run; j += ${steps}) {
${body}
      leftAt += ${steps} * leftStep;
      rightAt += ${steps} * rightStep;
    }
    k += run;
  }`;
}

const printZeros = ({ tile, sums }: Structure): string => {
  const vectors = range(tile.columns / VECTOR);
  return lines([
    ...range(tile.rows).flatMap((i) => vectors.map((v) => `var c${i}_${v} = vec4<f32>();`)),
    ...(sums ? vectors.map((v) => `var sum${v} = vec4<f32>();`) : []),
  ]);
};

/** One step: every row times every column. */
function printStep(
  { tile, sums }: Structure,
  left: (i: number) => string,
  right: (v: number) => string,
): string {
  const vectors = range(tile.columns / VECTOR);
  return lines([
    ...range(tile.rows).flatMap((i) =>
      vectors.map((v) => `c${i}_${v} = fma(vec4<f32>(${left(i)}), ${right(v)}, c${i}_${v});`),
    ),
    ...(sums ? vectors.map((v) => `sum${v} += ${right(v)};`) : []),
  ]);
}

const printBases = ({ left, right }: Positions): string => `
  let leftBase = ${wordAt(left)} + place.left;
  let rightBase = ${wordAt(right)} + place.right;`;

function printOwn(structure: Structure, positions: Positions): Printed {
  const shares = structure.tile.kind === 'subgroup';
  const left = shares ? sharedRows(structure) : ownRows(structure);
  const right = ownColumns(structure);
  const steps = stepsOf(structure);
  const body = lines([
    left.readAll,
    right.readAll,
    ...range(steps).map(
      (k) => `{
${left.read(k)}
${right.read(k)}
${printStep(
  structure,
  (i) => left.value(i, k),
  (v) => right.value(v, k),
)}
}`,
    ),
  ]);
  return {
    declarations: '',
    code: `${printBases(positions)}
${shares ? 'let lane = i32(neighbour);' : ''}
${left.prepare}
${right.prepare}
${printZeros(structure)}
${printRuns(structure, steps, body)}`,
  };
}

/** Blocks of both operands in workgroup memory: of the left one vectors along inner steps, of the right one along columns. */
function printBlocks(structure: Structure, positions: Positions): Printed {
  const { tile, left, right } = structure;
  const invocations = tile.across * tile.down;
  const depth = tile.depth / VECTOR;
  const width = tileColumns(tile) / VECTOR;
  const leftSize = tileRows(tile) * depth;
  const rightSize = width * tile.depth;
  const loads = (size: number): number[] => range(Math.ceil(size / invocations));
  const guard = (size: number, q: number, statement: string): string =>
    (q + 1) * invocations <= size
      ? statement
      : `if (i32(index) + ${q * invocations} < ${size}) { ${statement} }`;
  const prepareLeft = loads(leftSize).map((q) => {
    const e = `(i32(index) + ${q * invocations})`;
    // Neighbours read along what is contiguous.
    const [row, step] =
      left === 'inner'
        ? [`${e} / ${depth}`, `${e} % ${depth}`]
        : [`${e} % ${tileRows(tile)}`, `${e} / ${tileRows(tile)}`];
    return `let leftRow${q} = ${row}; let leftStep${q} = (${step}) * ${VECTOR};
  let leftFrom${q} = leftBase + rowPlace(p, min(rowTile * ${tileRows(tile)} + leftRow${q}, rows - 1)).x;`;
  });
  const readLeft = loads(leftSize).map((q) => {
    const value =
      left === 'inner'
        ? `select(vec4<f32>(), left[(leftFrom${q} + leftAt + leftStep${q}) >> 2], j + leftStep${q} < run)`
        : `vec4<f32>(${range(VECTOR)
            .map(
              (n) =>
                `select(0.0, left[leftFrom${q} + leftAt + (leftStep${q} + ${n}) * leftStep], j + leftStep${q} + ${n} < run)`,
            )
            .join(', ')})`;
    return guard(leftSize, q, `leftBlock[leftRow${q} * ${depth} + leftStep${q} / ${VECTOR}] = ${value};`);
  });
  const prepareRight = loads(rightSize).map((q) => {
    const e = `(i32(index) + ${q * invocations})`;
    const [column, step] =
      right === 'inner'
        ? [`${e} / ${tile.depth}`, `${e} % ${tile.depth}`]
        : [`${e} % ${width}`, `${e} / ${width}`];
    const first = `columnTile * ${tileColumns(tile)} + rightColumn${q} * ${VECTOR}`;
    const places =
      right === 'columns'
        ? `let rightFrom${q} = rightBase + min(${first}, columns - ${VECTOR});`
        : lines(
            range(VECTOR).map(
              (n) =>
                `let rightFrom${q}_${n} = rightBase + columnPlace(p, min(${first} + ${n}, columns - 1));`,
            ),
          );
    return `let rightColumn${q} = ${column}; let rightStep${q} = ${step};\n${places}`;
  });
  const readRight = loads(rightSize).map((q) => {
    const at = `rightAt + rightStep${q} * rightStep`;
    const value =
      right === 'columns'
        ? `right[(rightFrom${q} + ${at}) >> 2]`
        : `vec4<f32>(${range(VECTOR)
            .map((n) => `right[rightFrom${q}_${n} + ${at}]`)
            .join(', ')})`;
    return guard(
      rightSize,
      q,
      `rightBlock[rightStep${q} * ${width} + rightColumn${q}] = select(vec4<f32>(), ${value}, j + rightStep${q} < run);`,
    );
  });
  const vectors = range(tile.columns / VECTOR);
  const body = `
workgroupBarrier();
${lines(readLeft)}
${lines(readRight)}
workgroupBarrier();
for (var s = 0; s < ${depth}; s++) {
${lines(range(tile.rows).map((i) => `let a${i} = leftBlock[(down * ${tile.rows} + ${i}) * ${depth} + s];`))}
${lines(
  range(VECTOR).map(
    (k) => `{
${lines(vectors.map((v) => `let b${v} = rightBlock[(s * ${VECTOR} + ${k}) * ${width} + across + ${v * tile.across}];`))}
${printStep(
  structure,
  (i) => `a${i}[${k}]`,
  (v) => `b${v}`,
)}
}`,
  ),
)}
}`;
  return {
    declarations: `var<workgroup> leftBlock: array<vec4<f32>, ${leftSize}>;
var<workgroup> rightBlock: array<vec4<f32>, ${rightSize}>;`,
    code: `${printBases(positions)}
${lines(prepareLeft)}
${lines(prepareRight)}
${printZeros(structure)}
${printRuns(structure, tile.depth, body)}`,
  };
}

export const printInnerLoop = (structure: Structure, positions: Positions): Printed =>
  structure.tile.kind === 'workgroup' ? printBlocks(structure, positions) : printOwn(structure, positions);
