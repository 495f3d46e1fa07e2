/**
 * A program for the tests of how processes with threads end: multiplies matrices, then does what its argument says.
 */
import { isMainThread, Worker } from 'node:worker_threads';
import { setDevice, tensor } from '@hadal/core';
import { threadedDevice } from '../support/threaded';

const how = process.argv[2] ?? 'end';
const SIZE = 256;
const THREADS = 3;

async function multiply() {
  const device = await threadedDevice(THREADS);
  setDevice(device);
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % 7) - 3);
  const matrix = tensor(values, { shape: [SIZE, SIZE] });
  const repeat = async () => {
    for (let i = 0; i < 5; i++) {
      await matrix.matmul(matrix).data();
      await new Promise(setImmediate);
    }
  };
  await repeat();
  return { device, repeat };
}

if (!isMainThread) {
  const { repeat } = await multiply();
  const { parentPort } = await import('node:worker_threads');
  parentPort?.postMessage('started');
  for (;;) await repeat();
} else if (how === 'terminate') {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', async () => {
    await worker.terminate();
    console.log('terminated');
  });
} else {
  const { device, repeat } = await multiply();
  console.log('multiplied');
  if (how === 'exit') {
    setTimeout(() => process.exit(3), 20);
    for (;;) await repeat();
  }
  if (how === 'close') await device.close();
}
