/** Models of `@hadal/layers` behind the server, in memory and from a file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreter, setDevice, setSeed, tensor } from '@hadal/core';
import { dense, type Network, sequential } from '@hadal/layers';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../src/index';
import { get, post } from './helpers';

const quiet = { port: 0, logLevel: 'silent' } as const;
const INFER = '/v2/models/iris/infer';

function irisModel() {
  setSeed(5);
  return sequential([dense(5, { activation: 'relu', inputShape: [4] }), dense(3, { activation: 'softmax' })]);
}

async function servedIris(model: Network | string, batchSize?: number) {
  const server = await serve(model, { ...quiet, name: 'iris', batchSize });
  onTestFinished(() => server.close());
  return server;
}

const rows = (count: number): number[] => Array.from({ length: count * 4 }, (_, index) => Math.sin(index));

const request = (count: number) => ({
  inputs: [{ name: 'input', datatype: 'FP32', shape: [count, 4], data: rows(count) }],
});

beforeAll(() => {
  setDevice(interpreter());
});

describe('serve', () => {
  it('describes what the model takes and gives', async () => {
    const server = await servedIris(irisModel());
    expect(await get(server, '/v2/models/iris')).toMatchObject({
      body: {
        name: 'iris',
        inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 4] }],
        outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 3] }],
      },
    });
  });

  it.each([1, 3, 4, 9])('answers %i rows with exactly what predict gives', async (count) => {
    const model = irisModel();
    const expected = await (
      await model.predict(tensor(rows(count)).reshape([count, 4]), { batchSize: 4 })
    ).data();
    const server = await servedIris(model, 4);
    expect(await post(server, INFER, request(count))).toMatchObject({
      status: 200,
      body: { outputs: [{ name: 'output', shape: [count, 3], data: [...expected] }] },
    });
  });

  it('answers many clients at once, each with its own answer', async () => {
    const model = irisModel();
    const server = await servedIris(model);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => post(server, INFER, request(index + 1))),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({ status: 200, body: { outputs: [{ shape: [index + 1, 3] }] } });
    }
  });

  it('loads a saved model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hadal-serving-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const model = irisModel();
    await model.save(join(folder, 'iris'));
    const expected = await (await model.predict(tensor(rows(2)).reshape([2, 4]))).data();
    const server = await servedIris(join(folder, 'iris'));
    expect(await post(server, INFER, request(2))).toMatchObject({
      body: { outputs: [{ data: [...expected] }] },
    });
  });

  it('says that there is no saved model', async () => {
    await expect(serve('/nowhere/at/all', quiet)).rejects.toThrow(/nowhere/);
  });

  it('asks for a model that is built', async () => {
    await expect(serve(sequential([dense(3)]), quiet)).rejects.toThrow(/not built.*\n.*inputShape/);
  });

  it('refuses an empty batch size', async () => {
    await expect(serve(irisModel(), { ...quiet, batchSize: 0 })).rejects.toThrow('batchSize is 0');
  });
});
