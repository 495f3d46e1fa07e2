/** The protocol as its text has it: paths, fields and types of every answer. */
import { describe, expect, it } from 'vitest';
import manifest from '../package.json';
import { echo, get, post, rowSums, serving } from './helpers';

const rows = { name: 'rows', datatype: 'FP32', shape: [2, 3], data: [1, 2, 3, -4, -5, -6] };

describe('server and model endpoints', () => {
  it('describes the server', async () => {
    const server = await serving(rowSums);
    const described = { name: 'hadal', version: manifest.version, extensions: [] };
    expect(await get(server, '/v2')).toMatchObject({ status: 200, body: described });
    expect(await get(server, '/v2/')).toMatchObject({ status: 200, body: described });
  });

  it('says that it is live and ready', async () => {
    const server = await serving(rowSums);
    expect(await get(server, '/v2/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await get(server, '/v2/health/ready')).toMatchObject({
      status: 200,
      body: { live: true, ready: true },
    });
  });

  it('describes the model, -1 standing for the batch', async () => {
    const server = await serving(rowSums);
    for (const path of ['/v2/models/sums', '/v2/models/sums/versions/1']) {
      expect(await get(server, path)).toMatchObject({
        status: 200,
        body: {
          name: 'sums',
          versions: ['1'],
          platform: 'hadal',
          inputs: [{ name: 'rows', datatype: 'FP32', shape: [-1, 3] }],
          outputs: [
            { name: 'sum', datatype: 'FP32', shape: [-1] },
            { name: 'positive', datatype: 'BOOL', shape: [-1] },
          ],
        },
      });
    }
  });

  it('says that the model is ready', async () => {
    const server = await serving({ ...rowSums, version: '7' });
    for (const path of ['/v2/models/sums/ready', '/v2/models/sums/versions/7/ready']) {
      expect(await get(server, path)).toMatchObject({ status: 200, body: { name: 'sums', ready: true } });
    }
  });

  it('answers in JSON', async () => {
    const server = await serving(rowSums);
    expect((await get(server, '/v2')).headers.get('content-type')).toContain('application/json');
  });
});

describe('inference', () => {
  it('gives all outputs, the id and the version back', async () => {
    const server = await serving(rowSums);
    expect(await post(server, '/v2/models/sums/infer', { id: '42', inputs: [rows] })).toMatchObject({
      status: 200,
      body: {
        model_name: 'sums',
        model_version: '1',
        id: '42',
        outputs: [
          { name: 'sum', datatype: 'FP32', shape: [2], data: [6, -15] },
          { name: 'positive', datatype: 'BOOL', shape: [2], data: [true, false] },
        ],
      },
    });
  });

  it('leaves the id out when none was given', async () => {
    const server = await serving(rowSums);
    const { body } = await post(server, '/v2/models/sums/versions/1/infer', { inputs: [rows] });
    expect(body).not.toHaveProperty('id');
  });

  it('gives the outputs that were asked for, in their order', async () => {
    const server = await serving(rowSums);
    const request = { inputs: [rows], outputs: [{ name: 'positive' }] };
    expect(await post(server, '/v2/models/sums/infer', request)).toMatchObject({
      body: { outputs: [{ name: 'positive', data: [true, false] }] },
    });
  });

  it('takes data nested as the shape says', async () => {
    const server = await serving(rowSums);
    const nested = {
      ...rows,
      data: [
        [1, 2, 3],
        [-4, -5, -6],
      ],
    };
    expect(await post(server, '/v2/models/sums/infer', { inputs: [nested] })).toMatchObject({
      body: { outputs: [{ data: [6, -15] }, {}] },
    });
  });

  it('ignores parameters that are hints', async () => {
    const server = await serving(rowSums);
    const request = {
      parameters: { priority: 3 },
      inputs: [{ ...rows, parameters: { binary_data: false } }],
    };
    expect(await post(server, '/v2/models/sums/infer', request)).toMatchObject({ status: 200 });
  });

  it.each([
    ['FP32', 'float32', [0.5, -1e38, 3]],
    ['FP64', 'float64', [0.1, -1e300, 3]],
    ['INT32', 'int32', [-2147483648, 0, 2147483647]],
    ['UINT8', 'uint8', [0, 1, 255]],
    ['BOOL', 'bool', [true, false, true]],
  ] as const)('carries %s there and back', async (datatype, dtype, data) => {
    const server = await serving(echo(dtype, [-1]));
    const request = { inputs: [{ name: 'x', datatype, shape: [3], data }] };
    const { body } = await post(server, '/v2/models/echo/infer', request);
    const expected = datatype === 'FP32' ? data.map((value) => Math.fround(Number(value))) : data;
    expect(body).toMatchObject({ outputs: [{ name: 'y', datatype, shape: [3], data: expected }] });
  });

  it('takes tensors without axes', async () => {
    const server = await serving(echo('float64', []));
    const request = { inputs: [{ name: 'x', datatype: 'FP64', shape: [], data: [2.5] }] };
    expect(await post(server, '/v2/models/echo/infer', request)).toMatchObject({
      body: { outputs: [{ shape: [], data: [2.5] }] },
    });
  });

  it('understands names that a URL has to escape', async () => {
    const server = await serving({ ...rowSums, name: 'größe 1%' });
    expect(await get(server, `/v2/models/${encodeURIComponent('größe 1%')}/ready`)).toMatchObject({
      status: 200,
      body: { name: 'größe 1%' },
    });
  });
});
