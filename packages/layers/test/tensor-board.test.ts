/** Event files: framing, checksums and messages are those that TensorBoard reads. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { sgd } from '@hadal/optimizers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dense, sequential, TensorBoard } from '../src';
import { maskedCrc32c, tfRecord } from '../src/tensorboard/record';

setDevice(interpreter());

let folder = '';
beforeEach(async () => {
  setSeed(2);
  folder = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Fields of a message by their numbers, read by the rules of the wire format alone. */
function fieldsOf(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const advance = (by: number): number => {
    at += by;
    return at - by;
  };
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const read = (): number | Uint8Array => {
      if (key % 8 === 0) return varint();
      if (key % 8 === 1) return view.getFloat64(advance(8), true);
      if (key % 8 === 5) return view.getFloat32(advance(4), true);
      const length = varint();
      const start = advance(length);
      return bytes.subarray(start, start + length);
    };
    const field = Math.floor(key / 8);
    fields.set(field, [...(fields.get(field) ?? []), read()]);
  }
  return fields;
}

const bytesAt = (fields: Map<number, (number | Uint8Array)[]>, field: number): Uint8Array => {
  const [value] = fields.get(field) ?? [];
  if (value instanceof Uint8Array) return value;
  throw new Error(`no bytes in field ${field}`);
};
const textAt = (fields: Map<number, (number | Uint8Array)[]>, field: number): string =>
  new TextDecoder().decode(bytesAt(fields, field));

/** The messages of a file, their checksums compared. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

async function run(): Promise<void> {
  const model = sequential([dense(3, { inputShape: [2], name: 'hidden' }), dense(1, { name: 'out' })]);
  model.compile({ optimizer: sgd(0.125), loss: 'mse' });
  // Small, so that weights stay finite and all of them are counted.
  const x = Array.from({ length: 8 }, (_, i) => [i / 8, -i / 8]);
  await model.fit(
    x,
    x.map(([a]) => [a!]),
    {
      epochs: 3,
      batchSize: 2,
      validationSplit: 0.5,
      verbose: 0,
      callbacks: [new TensorBoard(folder, { histogramFreq: 2, updateFreq: 2 })],
    },
  );
}

const fileIn = async (which: string): Promise<string> => {
  const names = await readdir(join(folder, which));
  expect(names).toHaveLength(1);
  return join(folder, which, names[0]!);
};

describe('a record', () => {
  it('has the checksums of the standard', () => {
    // RFC 3720, B.4: 32 bytes of zeros have the CRC-32C 0x8a9136aa.
    const crc = 0x8a9136aa;
    expect(maskedCrc32c(new Uint8Array(32))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    expect(recordsOf(tfRecord(Uint8Array.of(1, 2, 3)))).toEqual([Uint8Array.of(1, 2, 3)]);
  });
});

describe('TensorBoard', () => {
  it('writes a version, figures of batches and epochs, and histograms of weights', async () => {
    await run();
    const [version, ...events] = recordsOf(new Uint8Array(await readFile(await fileIn('train')))).map(
      fieldsOf,
    );
    expect(textAt(version!, 3)).toBe('brain.Event:2');
    const seen = events.map((event) => {
      const values = fieldsOf(bytesAt(event, 5)).get(1) ?? [];
      return [
        event.get(2)?.[0],
        values.map((value) => (value instanceof Uint8Array ? textAt(fieldsOf(value), 1) : '')),
      ] as const;
    });
    const weights = ['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias'];
    expect(seen).toEqual([
      [2, ['batch_loss']],
      [0, ['epoch_loss', 'epoch_learning_rate', ...weights]],
      [4, ['batch_loss']],
      [1, ['epoch_loss', 'epoch_learning_rate']],
      [6, ['batch_loss']],
      [2, ['epoch_loss', 'epoch_learning_rate', ...weights]],
    ]);
    const [, rate] = fieldsOf(bytesAt(events[1]!, 5)).get(1) ?? [];
    expect(rate instanceof Uint8Array && fieldsOf(rate).get(2)).toEqual([0.125]);
    const [, , kernel] = fieldsOf(bytesAt(events[1]!, 5)).get(1) ?? [];
    const histogram = fieldsOf(bytesAt(fieldsOf(kernel as Uint8Array), 5));
    expect(histogram.get(3)).toEqual([6]);
    expect(bytesAt(histogram, 7).length).toBe(bytesAt(histogram, 6).length);
    expect(recordsOf(new Uint8Array(await readFile(await fileIn('validation'))))).toHaveLength(4);
  });

  it('says what an option may be', () => {
    expect(() => new TensorBoard('logs', { updateFreq: 0 })).toThrow(/updateFreq is 0; expected 'epoch'/);
    expect(() => new TensorBoard('logs', { histogramFreq: -1 })).toThrow(/histogramFreq is -1/);
  });

  const python = process.env.HADAL_TENSORBOARD_PYTHON ?? 'python3';
  const isThere = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
  it.runIf(isThere)('is read by TensorBoard itself', async () => {
    await run();
    const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'tensors': 0, 'histograms': 0})
events.Reload()
tags = events.Tags()
print(json.dumps([tags['scalars'], tags['histograms'], [e.value for e in events.Scalars('epoch_learning_rate')],
                  [e.histogram_value.num for e in events.Histograms('hidden/kernel')]]))`;
    const output = execFileSync(python, ['-c', program, join(folder, 'train')], { encoding: 'utf8' });
    expect(JSON.parse(output.trim().split('\n').at(-1)!)).toEqual([
      ['batch_loss', 'epoch_loss', 'epoch_learning_rate'],
      ['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias'],
      [0.125, 0.125, 0.125],
      [6, 6],
    ]);
  });
});
