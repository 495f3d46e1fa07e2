/** Runs of a product by itself, on memory of its own, to see how long it takes with each of several tiles. */
import type { Backend, Binding, Buf, Dispatch, Epilogue } from '@hadal/core/backend';
import { count, type Product } from '@hadal/core/products';
import type { LibraryTraits } from '../traits';
import { callOf } from './match';
import type { Tile } from './tile';
import type { Measured, MeasureTiles } from './tuning';

/** The least of so many runs counts, after one that is not measured. */
const ROUNDS = 3;
const BYTES = 4;

/** The sums themselves are stored. */
const PLAIN: Epilogue = {
  sideInputs: [],
  scalars: [],
  body: [],
  outputs: [{ register: 0, storage: 'f32' }],
};

/** Elements up to the last one that a product stores. */
const storedElements = ({ output, loop, rows, columns }: Product): number =>
  [...loop, ...rows].reduce((sum, each) => sum + (each.extent - 1) * each.output, output + count(columns));

/** Milliseconds of one run. */
async function timeOf(backend: Backend, dispatch: Dispatch): Promise<number> {
  if (backend.timed !== undefined) return backend.timed(dispatch);
  const start = performance.now();
  backend.run([dispatch]);
  await backend.sync();
  return performance.now() - start;
}

/** The least time of a product with one tile. */
async function leastTime(
  backend: Backend,
  traits: LibraryTraits,
  { products, operandElements }: Measured,
  tile: Tile,
): Promise<number> {
  const { call } = callOf('product', { products, epilogue: PLAIN }, PLAIN, traits, { tile });
  const held: Buf[] = [];
  const room = (bytes: number): Binding => {
    const buf = backend.alloc(bytes);
    held.push(buf);
    return { buf, offset: 0, bytes };
  };
  try {
    const elements = [...operandElements, Math.max(...products.map(storedElements))];
    const bindings = elements.map((each) => room(Math.max(1, each) * BYTES));
    if (call.workspaceBytes > 0) bindings.push(room(call.workspaceBytes));
    const exec = await backend.prepare(call);
    const dispatch: Dispatch = { kind: 'kernel', exec, bindings, scalars: [], integers: call.integers };
    await timeOf(backend, dispatch);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) least = Math.min(least, await timeOf(backend, dispatch));
    return least;
  } finally {
    for (const buf of held) backend.free(buf);
  }
}

/** Measures on a backend. A tile that its driver refuses, or that there is no room for, takes for ever. */
export const measureOn =
  (backend: Backend, traits: LibraryTraits): MeasureTiles =>
  async (given, tiles) => {
    const products = given.products.map((each) => ({ ...each, sums: false }));
    const times: number[] = [];
    for (const tile of tiles) {
      times.push(
        await leastTime(backend, traits, { ...given, products }, tile).catch(() => Number.POSITIVE_INFINITY),
      );
    }
    return times;
  };
