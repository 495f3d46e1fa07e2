/** Runs attention and its gradient: heads are independent of each other, and dealt to threads. */
import type { AttentionPayload } from '@hadal/core/attention';
import { ArgumentReader } from '@hadal/core/products';
import { known } from '../../known';
import { type RecordedCall, recorded } from '../caller';
import type { LibraryExecutable } from '../executable';
import type { LibraryOptions } from '../index';
import type { Machine } from '../machine';
import { type AttentionKernels, emitAttentionModule } from './kernels';
import { BYTES, WORD_COUNT, type Word, wordAt, workspaceOf } from './layout';

export function prepareAttention(
  name: string,
  payload: AttentionPayload,
  machine: Machine,
  options: LibraryOptions,
): LibraryExecutable {
  const { attend } = machine.instantiate<AttentionKernels>(emitAttentionModule(payload, options));
  const record: RecordedCall = (caller, addresses, integers) => {
    const { tasks, workspace, stride } = headsOf(payload, addresses, integers);
    caller.deal(attend, tasks, workspace, stride);
  };
  return recorded(name, record, machine);
}

/** Matrices in the last two axes of an operand. */
interface Matrices {
  readonly address: number;
  /** In bytes, like the others. */
  readonly batch: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Where the matrix of a head begins. */
function matrixAt({ address, batch }: Matrices, extents: readonly number[], head: number): number {
  let rest = head;
  let at = address;
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    const extent = extents[axis] ?? 1;
    at += (rest % extent) * (batch[axis] ?? 0);
    rest = Math.floor(rest / extent);
  }
  return at;
}

/** The words of each head. */
function headsOf(
  { isGradient, scale }: AttentionPayload,
  addresses: readonly number[],
  integers: ArrayLike<number>,
): { readonly tasks: readonly Int32Array[]; readonly workspace: number; readonly stride: number } {
  const reader = new ArgumentReader(integers);
  const next = (): number => reader.next();
  const [isCausal, isMasked, queries, keys, depth, width] = [next(), next(), next(), next(), next(), next()];
  const extents = Array.from({ length: next() }, next);
  const heads = extents.reduce((product, extent) => product * extent, 1);
  let taken = 0;
  const matrices = (bytes: number): Matrices => {
    const address = known(addresses[taken++], 'an operand') + bytes * next();
    const batch = extents.map(() => bytes * next());
    return { address, batch, row: bytes * next(), column: bytes * next() };
  };
  const operands: (readonly [Word, Word, Word, Matrices])[] = [
    ['query', 'queryRow', 'queryColumn', matrices(BYTES)],
    ['key', 'keyRow', 'keyColumn', matrices(BYTES)],
    ['value', 'valueRow', 'valueColumn', matrices(BYTES)],
  ];
  if (isGradient) operands.push(['cotangent', 'cotangentRow', 'cotangentColumn', matrices(BYTES)]);
  if (isMasked === 1) operands.push(['mask', 'maskRow', 'maskColumn', matrices(1)]);
  const output = known(addresses.at(-2), 'the output');
  const { blockRows, places, bytes } = workspaceOf(isGradient, { queries, keys, depth, width });
  const [queryBytes, keyBytes, valueBytes] = [queries * depth, keys * depth, keys * width].map(
    (count) => BYTES * count,
  );
  const forKeys = output + heads * (queryBytes ?? 0);
  const forValues = forKeys + heads * (keyBytes ?? 0);
  const factors = new Int32Array(Float32Array.of(scale, 1).buffer);
  const tasks = Array.from({ length: heads }, (_, head) => {
    const words = new Int32Array(WORD_COUNT);
    const set = (word: Word, value: number): void => {
      words[wordAt(word) / BYTES] = value;
    };
    for (const [word, at] of places) set(word, at);
    words.set([queries, keys, depth, width, isCausal, isMasked, ...factors, blockRows]);
    for (const [word, row, column, operand] of operands) {
      set(word, matrixAt(operand, extents, head));
      set(row, operand.row);
      set(column, operand.column);
    }
    set('output', output + head * (isGradient ? (queryBytes ?? 0) : BYTES * queries * width));
    set('forKey', forKeys + head * (keyBytes ?? 0));
    set('forValue', forValues + head * (valueBytes ?? 0));
    return words;
  });
  return { tasks, workspace: known(addresses.at(-1), 'the workspace'), stride: bytes };
}
