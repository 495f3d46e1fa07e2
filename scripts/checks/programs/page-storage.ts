/** Runs in a page: models are saved to and loaded from everything that a page can save to. */
import { interpreter, setDevice } from '@hadal/core';
import {
  BackupAndRestore,
  dense,
  downloadStorage,
  History,
  httpStorage,
  indexedDBStorage,
  LambdaCallback,
  loadModel,
  type Model,
  ModelCheckpoint,
  opfsStorage,
  sequential,
  uploadStorage,
} from '@hadal/layers';
import { expectEqual, expectError, lookAt } from './page-facts';

declare global {
  /** Offered by whoever opened the page: waits for the next download and chooses the file in the page's `<input>`. */
  var chooseNextDownload: () => Promise<string>;
}

setDevice(interpreter());

const x = [
  [0, 1, 2],
  [1, 0, 1],
  [2, 2, 0],
  [1, 1, 1],
];
const y = [[1], [0], [2], [1]];
const fitting = { batchSize: 2, verbose: 0 } as const;

const make = () => {
  const model = sequential([dense(4, { activation: 'tanh', inputShape: [3] }), dense(1)]);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  return model;
};
const answers = async (model: Model) => [...(await (await model.predict(x)).data())];

/** What comes before a reload, which the facts look at after it. */
const BEFORE = 'what the model said before the page was reloaded';

async function beforeReload(): Promise<void> {
  const model = make();
  await model.fit(x, y, fitting);
  for (const place of ['indexeddb://kept', 'opfs://kept/deep/inside']) await model.save(place);
  sessionStorage.setItem(BEFORE, JSON.stringify(await answers(model)));
  location.reload();
}

const facts: Record<string, () => Promise<void>> = {
  'a model in IndexedDB and one in OPFS survive a reload': async () => {
    for (const place of ['indexeddb://kept', 'opfs://kept/deep/inside'])
      expectEqual(await answers(await loadModel(place)), JSON.parse(sessionStorage.getItem(BEFORE) ?? ''));
  },

  'a download, chosen again, is the model': async () => {
    const input = document.createElement('input');
    input.type = 'file';
    document.body.append(input);
    const changed = new Promise((resolve) => input.addEventListener('change', resolve));
    const model = make();
    const [name] = await Promise.all([chooseNextDownload(), model.save(downloadStorage('clothes'))]);
    await changed;
    expectEqual(name, 'clothes.zip');
    expectEqual(await answers(await loadModel(uploadStorage(input.files ?? []))), await answers(model));
  },

  'a model is saved to a server and loaded from it, by a relative address': async () => {
    const model = make();
    await model.save(httpStorage('/saved/clothes'));
    expectEqual(await answers(await loadModel('/saved/clothes')), await answers(model));
    await expectError(
      () => loadModel('/saved/nothing'),
      /DataError \/saved\/nothing\/: 'model.json' cannot be fetched: 404/,
    );
    await expectError(
      () => loadModel('http://127.0.0.1:1/clothes'),
      /DataError http:\/\/127.0.0.1:1\/clothes\/: 'model.json' cannot be fetched: /,
    );
  },

  'checkpoints in browser storages make room for better ones, and runs resume from them': async () => {
    for (const scheme of ['indexeddb', 'opfs']) {
      const checkpoint = new ModelCheckpoint(`${scheme}://runs/{epoch}`, { monitor: 'loss', keepBest: 1 });
      const unbroken = make();
      const start = await unbroken.getWeights();
      const history = new History();
      await unbroken.fit(x, y, { ...fitting, epochs: 4, callbacks: [checkpoint, history] });
      const best = history.history.loss.indexOf(Math.min(...history.history.loss)) + 1;
      for (let epoch = 1; epoch <= 4; epoch++) {
        const load = () => loadModel(`${scheme}://runs/${epoch}`);
        if (epoch === best) await load();
        else await expectError(load, /DataError .*there is no 'model.json'/);
      }
      const backup = () => new BackupAndRestore(`${scheme}://backup`);
      const broken = make();
      broken.setWeights(start);
      const stop = new AbortController();
      const stopping = new LambdaCallback({
        onEpochBegin: (epoch) => (epoch === 2 ? stop.abort() : undefined),
      });
      const callbacks = [backup(), stopping];
      await expectError(
        () => broken.fit(x, y, { ...fitting, epochs: 4, signal: stop.signal, callbacks }),
        /AbortError/,
      );
      const again = make();
      await again.fit(x, y, { ...fitting, epochs: 4, callbacks: [backup()] });
      expectEqual(await answers(again), await answers(unbroken));
      await expectError(() => loadModel(`${scheme}://backup/first`), /there is no 'model.json'/);
    }
  },

  'what is deleted takes its folder with it, and what is beside it stays': async () => {
    const [inner, beside] = [opfsStorage('tree/inner'), opfsStorage('tree')];
    const blob = (name: string) => new Map([[name, Uint8Array.of(1)]]);
    await beside.write(blob('a'));
    await inner.write(new Map([...blob('b'), ...blob('c')]));
    await inner.remove(['b', 'nothing']);
    expectEqual([await inner.has('b'), await inner.has('c'), await beside.has('a')], [false, true, true]);
    await inner.remove(['c']);
    const tree = await (await navigator.storage.getDirectory()).getDirectoryHandle('tree');
    await expectError(() => tree.getDirectoryHandle('inner'), /NotFoundError/);
    await beside.remove(['a']);
    await beside.remove(['a']);
    await expectError(() => beside.read('a'), /there is no 'a' in this folder/);
  },

  'blobs over the limit and names that lead elsewhere are refused': async () => {
    for (const storage of [indexedDBStorage('limits'), opfsStorage('limits')]) {
      await storage.write(new Map([['five', new Uint8Array(5)]]));
      expectEqual((await storage.read('five', { maxBytes: 5 })).length, 5);
      await expectError(() => storage.read('five', { maxBytes: 4 }), /5 bytes, over the limit of 4/);
      await expectError(() => storage.read('../five'), /cannot be the name of a file/);
      await expectError(
        () => storage.write(new Map([['a/b', new Uint8Array(1)]])),
        /cannot be the name of a file/,
      );
    }
  },

  'a browser that has no more room says so, and what was there stays whole': async () => {
    const full = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
    const [put, write] = [IDBObjectStore.prototype.put, FileSystemWritableFileStream.prototype.write];
    for (const storage of [indexedDBStorage('full'), opfsStorage('full')]) {
      await storage.write(new Map([['first', Uint8Array.of(7)]]));
      // The first blob of the next write has room, the second has none.
      let blobs = 0;
      IDBObjectStore.prototype.put = function (...given) {
        return blobs++ === 0 ? put.apply(this, given) : full();
      };
      FileSystemWritableFileStream.prototype.write = function (...given) {
        return blobs++ === 0 ? write.apply(this, given) : full();
      };
      await expectError(
        () => storage.write(new Map(['first', 'second'].map((name) => [name, Uint8Array.of(8)]))),
        /DataError .*: the model cannot be saved: the browser gives this page no more room/,
      );
      IDBObjectStore.prototype.put = put;
      FileSystemWritableFileStream.prototype.write = write;
      expectEqual([...(await storage.read('first'))], [7]);
    }
  },
};

if (sessionStorage.getItem(BEFORE) === null) await beforeReload();
else await lookAt(facts);
