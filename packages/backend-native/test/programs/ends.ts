/**
 * Programs that end while the device is at work, named by the first argument. Each prints a line before it ends; none
 * may wait for the work, which would take minutes.
 */
import { Worker } from 'node:worker_threads';
import { scale } from '@hadal/testkit';
import { nativeBackend } from '../../src/index';
import { runLong } from '../support/long';

const MINUTES = 2 ** 21;
const WORKERS = 2;

function startWorker(task: string): Worker {
  return new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { task } });
}

const message = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

switch (process.argv[2]) {
  case 'exit':
    runLong(nativeBackend({ threads: 2 }), MINUTES);
    console.log('exiting');
    process.exit(0);
    break;
  case 'end':
    runLong(nativeBackend({ threads: 2 }), MINUTES);
    console.log('ending');
    break;
  case 'idle':
    for (let i = 0; i < 3; i++) {
      const backend = nativeBackend({ threads: 2 });
      await scale(backend, [1, 2], 3);
      await backend.sync();
    }
    console.log('idle');
    break;
  case 'terminate': {
    const worker = startWorker('long');
    await message(worker);
    await worker.terminate();
    console.log(`terminated, then ${await scale(nativeBackend({ threads: 2 }), [1, 2], 3)}`);
    break;
  }
  case 'workers': {
    const workers = Array.from({ length: WORKERS }, () => startWorker('sums'));
    const own = nativeBackend({ threads: 2 });
    for (let i = 0; i < 200; i++) await scale(own, [i], 2);
    console.log(`agreed: ${await Promise.all(workers.map(message))}`);
    break;
  }
}
