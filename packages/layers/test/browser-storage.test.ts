/** What storages of browsers do without a browser: archives, chosen files, and what they say where there is no page. */
import { DataError, interpreter, setDevice } from '@hadal/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BackupAndRestore,
  dense,
  downloadStorage,
  indexedDBStorage,
  loadModel,
  ModelCheckpoint,
  memoryStorage,
  opfsStorage,
  sequential,
  uploadStorage,
} from '../src';
import { readZip, writeZip } from '../src/saving/browser/zip';

setDevice(interpreter());

const make = () => sequential([dense(2, { inputShape: [3] })]);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const file = (name: string, bytes: Uint8Array) => new File([new Uint8Array(bytes)], name);

/** Written by Python's zipfile: a folder with two deflated files, and a comment at the end. */
const FOREIGN = Buffer.from(
  'UEsDBBQAAAAAAAAAIVwAAAAAAAAAAAAAAAAIAAAAY2xvdGhlcy9QSwMEFAAAAAgAAAAhXPHfp20OAAAAtAAAABIAAABjbG90aGVzL21vZGVsLmpzb26rVkpU' +
    'slIwrOWqHjoMAFBLAwQUAAAACAAAACFcEy1DGwcAAAAsAQAAGQAAAGNsb3RoZXMvbW9kZWwuc2FmZXRlbnNvcnOrqBgFxAIAUEsBAhQDFAAAAAAAAAAhXAAAAAAA' +
    'AAAAAAAAAAgAAAAAAAAAAAAAAIABAAAAAGNsb3RoZXMvUEsBAhQDFAAAAAgAAAAhXPHfp20OAAAAtAAAABIAAAAAAAAAAAAAAIABJgAAAGNsb3RoZXMvbW9kZWwu' +
    'anNvblBLAQIUAxQAAAAIAAAAIVwTLUMbBwAAACwBAAAZAAAAAAAAAAAAAACAAWQAAABjbG90aGVzL21vZGVsLnNhZmV0ZW5zb3JzUEsFBgAAAAADAAMAvQAAAKIA' +
    'AAAOAHBhY2tlZCBieSBoYW5k',
  'base64',
);

describe('an archive', () => {
  it('gives back what was put into it', async () => {
    const files = new Map([
      ['model.json', bytesOf('{}')],
      ['model.safetensors', Uint8Array.from({ length: 1000 }, (_, index) => index)],
      ['empty.bin', new Uint8Array()],
    ]);
    const entries = readZip('test', writeZip('test', files));
    const read = new Map(
      await Promise.all(entries.map(async (each) => [each.name, await each.read()] as const)),
    );
    expect(read).toEqual(files);
  });

  it('of another program is decompressed, its folder dropped', async () => {
    const [json, weights, ...more] = readZip('test', new Uint8Array(FOREIGN));
    expect([json?.name, weights?.name, more.length]).toEqual(['model.json', 'model.safetensors', 0]);
    expect(new TextDecoder().decode(await json?.read())).toBe('{"a": 1}\n'.repeat(20));
    expect(new TextDecoder().decode(await weights?.read())).toBe('x'.repeat(300));
  });

  it('never does anything but throw a DataError, whatever bytes change', async () => {
    const wrongs: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(FOREIGN.length - 1),
        fc.nat(255),
        fc.nat(FOREIGN.length),
        async (at, value, cut) => {
          const bytes = new Uint8Array(FOREIGN);
          bytes[at] = value;
          for (const changed of [bytes, bytes.slice(0, cut)]) {
            try {
              for (const each of readZip('test', changed)) await each.read();
            } catch (error) {
              if (!(error instanceof DataError)) wrongs.push(error);
            }
          }
        },
      ),
      { seed: 5, numRuns: 300 },
    );
    expect(wrongs).toEqual([]);
  });
});

describe('chosen files', () => {
  it('are the files of a model, in any order, or its archive', async () => {
    const model = make();
    const storage = memoryStorage();
    await model.save(storage);
    const files = [...storage.blobs].map(([name, blob]) => file(name, blob)).reverse();
    const archive = file('clothes (1).zip', writeZip('test', storage.blobs));
    const expected = await (await model.predict([[1, 2, 3]])).data();
    for (const chosen of [files, [archive]]) {
      const loaded = await loadModel(uploadStorage(chosen));
      expect(await (await loaded.predict([[1, 2, 3]])).data()).toEqual(expected);
    }
  });

  it('say which one is missing, and refuse to be written', async () => {
    const chosen = uploadStorage([file('model.json', bytesOf('{}'))]);
    await expect(chosen.read('model.safetensors')).rejects.toThrow(
      /^the chosen files model.json: there is no 'model.safetensors' among them.\n {2}Choose the archive/,
    );
    await expect(chosen.read('model.json', { maxBytes: 1 })).rejects.toThrow(/2 bytes, over the limit of 1/);
    await expect(make().save(chosen)).rejects.toThrow(/cannot be written/);
    await expect(uploadStorage([]).read('model.json')).rejects.toThrow(/^no chosen files: /);
  });
});

describe('without a browser', () => {
  it('its storages say what is missing', async () => {
    const model = make();
    await expect(model.save('indexeddb://clothes')).rejects.toThrow(
      /^indexeddb:\/\/clothes: there is no IndexedDB here/,
    );
    await expect(loadModel('opfs://clothes')).rejects.toThrow(
      /^opfs:\/\/clothes: there is no origin private file system/,
    );
    await expect(model.save(downloadStorage('clothes'))).rejects.toThrow(/only the thread of a page/);
    await expect(loadModel(downloadStorage())).rejects.toThrow(/uploadStorage\(input.files\)/);
  });

  it('their names are checked', () => {
    expect(() => opfsStorage('models/../clothes')).toThrow(/"\.\." cannot be the name of a folder/);
    expect(() => opfsStorage('')).toThrow(/"" cannot be the name/);
    expect(() => indexedDBStorage('')).toThrow(/has no name/);
  });

  it('checkpoints that are deleted again are not kept behind a URL', async () => {
    const model = make();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const fit = (callback: BackupAndRestore | ModelCheckpoint) =>
      model.fit([[1, 2, 3]], [[0, 0]], { verbose: 0, callbacks: [callback] });
    await expect(fit(new BackupAndRestore('https://example.org/backup'))).rejects.toThrow(
      /checkpoints cannot be deleted behind a URL/,
    );
    await expect(fit(new ModelCheckpoint('opfs://runs/{epoch}'))).rejects.toThrow(/opfs:\/\/runs\/1/);
  });
});
