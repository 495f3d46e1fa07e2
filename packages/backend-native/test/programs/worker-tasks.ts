/** What the workers of ends.ts do: one long program, or many sums on a device of their own. */
import { parentPort, workerData } from 'node:worker_threads';
import { scale } from '@hadal/testkit';
import { nativeBackend } from '../../src/index';
import { runLong } from '../support/long';

if (workerData.task === 'long') {
  const backend = nativeBackend({ threads: 2 });
  runLong(backend, 2 ** 21);
  parentPort?.postMessage('started');
  await backend.sync();
} else {
  const backend = nativeBackend({ threads: 2 });
  const values = Float32Array.from({ length: 100_000 }, (_, i) => i % 97);
  let agrees = true;
  for (let i = 0; i < 20; i++) {
    const found = await scale(backend, [...values], i);
    agrees &&= found.every((value, at) => value === (values[at] ?? 0) * i + 1);
  }
  parentPort?.postMessage(agrees);
}
