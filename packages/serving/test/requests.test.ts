/** Requests that do not fit: each gets a 4xx that says what was given and what was expected. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunningServer } from '../src/index';
import { type Answer, echo, get, post, rowSums, serving } from './helpers';

const INFER = '/v2/models/sums/infer';
const rows = { name: 'rows', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] };

/** The message of an answer that is an error and nothing else. */
function errorOf({ body }: Answer): string {
  expect(body).toStrictEqual({ error: expect.any(String) });
  return (body as { error: string }).error;
}

describe('a request body', () => {
  const cases: [what: string, body: unknown, message: RegExp][] = [
    ['that is not JSON', '{"inputs": [', /not valid JSON/],
    ['that is empty', '', /empty; expected an inference request as JSON/],
    ['that is no object', '[1]', /request body is an array; expected a JSON object/],
    ['that is null', 'null', /request body is null/],
    ['without inputs', {}, /"inputs" is missing; expected an array with one object for each of "rows"/],
    ['whose inputs are an object', { inputs: { rows } }, /"inputs" is an object/],
    ['with too few inputs', { inputs: [] }, /model "sums" also needs input "rows"/],
    ['with an input that is no object', { inputs: [3] }, /inputs\[0\] is 3; expected a JSON object/],
    [
      'with an input without a name',
      { inputs: [{ ...rows, name: undefined }] },
      /inputs\[0\]\.name is missing/,
    ],
    [
      'with an unknown input',
      { inputs: [{ ...rows, name: 'image' }] },
      /no input "image"; its inputs are "rows"/,
    ],
    ['with an input given twice', { inputs: [rows, rows] }, /input "rows" is given twice/],
    [
      'with another datatype',
      { inputs: [{ ...rows, datatype: 'INT32' }] },
      /datatype "INT32"; the model expects "FP32"/,
    ],
    [
      'without a datatype',
      { inputs: [{ ...rows, datatype: undefined }] },
      /datatype missing; the model expects "FP32"/,
    ],
    [
      'of another rank',
      { inputs: [{ ...rows, shape: [3] }] },
      /shape \[3\]; the model expects \[-1, 3\] \(-1: any extent from 1\)/,
    ],
    [
      'of another extent',
      { inputs: [{ ...rows, shape: [1, 4] }] },
      /shape \[1,4\]; the model expects \[-1, 3\]/,
    ],
    [
      'with an empty batch',
      { inputs: [{ ...rows, shape: [0, 3], data: [] }] },
      /shape \[0,3\]; the model expects/,
    ],
    [
      'with a negative extent',
      { inputs: [{ ...rows, shape: [-1, 3] }] },
      /extents are non-negative integers/,
    ],
    [
      'with a fractional extent',
      { inputs: [{ ...rows, shape: [1.5, 3] }] },
      /extents are non-negative integers/,
    ],
    ['with a shape that is no array', { inputs: [{ ...rows, shape: 3 }] }, /shape 3; the model expects/],
    [
      'with a shape of gigabytes',
      { inputs: [{ ...rows, shape: [1e15, 3] }] },
      /3 elements in data; its shape .* needs 3000000000000000/,
    ],
    [
      'with too little data',
      { inputs: [{ ...rows, data: [1, 2] }] },
      /2 elements in data; its shape \[1,3\] needs 3/,
    ],
    ['without data', { inputs: [{ ...rows, data: undefined }] }, /data missing; expected an array/],
    [
      'with a text in data',
      { inputs: [{ ...rows, data: [1, '2', 3] }] },
      /"2" at element 1 of data; FP32 data are finite numbers/,
    ],
    ['with null in data', { inputs: [{ ...rows, data: [1, null, 3] }] }, /null at element 1 of data/],
    [
      'with nested data of another form',
      {
        inputs: [
          {
            ...rows,
            data: [
              [1, 2, 3],
              [4, 5, 6],
            ],
          },
        ],
      },
      /nested data of length 2 along axis 0/,
    ],
    [
      'with ragged data',
      { inputs: [{ ...rows, data: [[1, 2]] }] },
      /an array of length 2 along axis 1 of nested data; .* says 3/,
    ],
    [
      'with data nested too deep',
      { inputs: [{ ...rows, data: [[[1], [2], [3]]] }] },
      /an array at element 0 of data/,
    ],
    [
      'that asks for an unknown output',
      { inputs: [rows], outputs: [{ name: 'mean' }] },
      /no output "mean"; its outputs are "sum", "positive"/,
    ],
    [
      'that asks twice for an output',
      { inputs: [rows], outputs: [{ name: 'sum' }, { name: 'sum' }] },
      /"sum" is asked for twice/,
    ],
    [
      'whose outputs are no array',
      { inputs: [rows], outputs: 'sum' },
      /"outputs" is "sum"; expected an array/,
    ],
    ['with an id that is no text', { id: 7, inputs: [rows] }, /"id" is 7; expected a string/],
    [
      'with parameters that are no object',
      { parameters: 1, inputs: [rows] },
      /"parameters" of the request is 1/,
    ],
    [
      'with binary data',
      { inputs: [{ ...rows, parameters: { binary_data_size: 12 } }] },
      /asks for binary data.*JSON only/,
    ],
    [
      'that wants binary data',
      { inputs: [rows], outputs: [{ name: 'sum', parameters: { binary_data: true } }] },
      /JSON only/,
    ],
  ];

  it.each(cases)('%s is answered with 400 and the reason', async (_what, body, message) => {
    const answer = await post(await serving(rowSums), INFER, body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatch(message);
  });

  it('with a number that JSON reads as infinity is refused', async () => {
    const body = '{"inputs":[{"name":"rows","datatype":"FP32","shape":[1,3],"data":[1,1e999,3]}]}';
    expect(errorOf(await post(await serving(rowSums), INFER, body))).toMatch(
      /at element 1 of data; FP32 data are finite/,
    );
  });

  it('with a number that float32 cannot hold is refused', async () => {
    const answer = await post(await serving(rowSums), INFER, { inputs: [{ ...rows, data: [1, 2, 1e39] }] });
    expect(errorOf(answer)).toMatch(/1e\+39 at element 2/);
  });

  it.each([
    ['INT32', 'int32', 2147483648],
    ['INT32', 'int32', 0.5],
    ['UINT8', 'uint8', -1],
    ['UINT8', 'uint8', 256],
    ['BOOL', 'bool', 2],
    ['BOOL', 'bool', 'true'],
  ] as const)('with an element outside %s (%s): %s is refused', async (datatype, dtype, value) => {
    const server = await serving(echo(dtype, [-1]));
    const request = { inputs: [{ name: 'x', datatype, shape: [1], data: [value] }] };
    const answer = await post(server, '/v2/models/echo/infer', request);
    expect(errorOf(answer)).toContain(`${datatype} data are`);
  });

  it('whose inputs differ in batch size is refused', async () => {
    const pair = { name: 'b', dtype: 'float32', shape: [-1] } as const;
    const server = await serving({ ...echo('float32', [-1]), inputs: [{ ...pair, name: 'a' }, pair] });
    const input = (name: string, data: number[]) => ({ name, datatype: 'FP32', shape: [data.length], data });
    const answer = await post(server, '/v2/models/echo/infer', {
      inputs: [input('a', [1, 2]), input('b', [1])],
    });
    expect(errorOf(answer)).toBe('inputs differ in batch size: "a" has 2, "b" has 1.');
  });
});

describe('an address', () => {
  it.each([
    ['/v2/models/other', 404, /no model "other" here; this server has "sums"/],
    ['/v2/models/other/ready', 404, /no model "other"/],
    ['/v2/models/sums/versions/2', 404, /no version "2"; this server has version "1"/],
    ['/v2/nothing', 404, /there is no GET "\/v2\/nothing"/],
    ['/v2/models/sums/infer', 405, /GET is not how to ask for an inference; send a POST/],
    ['/v2/models/%E0%A4%A', 400, /URL is not valid/],
    [`/v2/models/${'x'.repeat(300)}`, 400, /URL is not valid/],
    ['/v2/models/..%2f..%2fetc%2fpasswd', 404, /no model/],
  ])('%s is answered with %i', async (path, status, message) => {
    const answer = await get(await serving(rowSums), path);
    expect(answer.status).toBe(status);
    expect(errorOf(answer)).toMatch(message);
  });

  it('of another model is refused before its request is looked at', async () => {
    const answer = await post(await serving(rowSums), '/v2/models/other/infer', { inputs: 1 });
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatch(/no model "other"/);
  });
});

describe('the content type', () => {
  it.each([
    ['application/x-www-form-urlencoded', /"application\/x-www-form-urlencoded"; expected application\/json/],
    ['application/octet-stream', /expected application\/json/],
    ['text/plain', /expected application\/json/],
  ])('%s is answered with 415', async (type, message) => {
    const answer = await post(await serving(rowSums), INFER, { inputs: [rows] }, { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(errorOf(answer)).toMatch(message);
  });

  it('may name a character set', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    expect(await post(await serving(rowSums), INFER, { inputs: [rows] }, type)).toMatchObject({
      status: 200,
    });
  });
});

describe('the size of a body', () => {
  const big = JSON.stringify({ inputs: [rows], padding: 'x'.repeat(3000) });

  it('over the limit is answered with 413 that names size, limit and setting', async () => {
    const answer = await post(await serving(rowSums, { bodyLimitBytes: 2048 }), INFER, big);
    expect(answer.status).toBe(413);
    expect(errorOf(answer)).toBe(
      `the request body of ${big.length.toLocaleString('en-US')} bytes is over the limit of 2,048 bytes; ` +
        'send fewer rows at once, or raise bodyLimitBytes of the server.',
    );
  });

  it('is counted when the client does not declare it', async () => {
    const server = await serving(rowSums, { bodyLimitBytes: 2048 });
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${server.url}${INFER}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      request.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      request.write(big.slice(0, 1500));
      request.end(big.slice(1500));
    });
    expect(status).toBe(413);
  });

  it('just within the limit is accepted', async () => {
    const server = await serving(rowSums, { bodyLimitBytes: big.length });
    expect(await post(server, INFER, big)).toMatchObject({ status: 200 });
  });

  it('of a deeply nested document does not overflow a stack', async () => {
    const depth = 200_000;
    const data = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    const body = `{"inputs":[{"name":"rows","datatype":"FP32","shape":[1,3],"data":${data}}]}`;
    const answer = await post(await serving(rowSums), INFER, body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatch(/array of length 1 along axis 1/);
  });
});

describe('what anybody may send', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(rows.name, 'FP32', [1, 3], [1, 2, 3], rows, [rows], -1, Number.POSITIVE_INFINITY),
  );
  const almostRight = fc.record(
    {
      id: anything,
      parameters: anything,
      outputs: anything,
      inputs: fc.array(
        fc.record(
          { name: anything, datatype: anything, shape: anything, data: anything },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );

  async function isAnswered(server: RunningServer, body: string): Promise<void> {
    const answer = await post(server, INFER, body);
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(errorOf(answer)).not.toMatch(/\n|node_modules|\.ts|at Object/);
  }

  it('as JSON of any form is answered, never with a failure of the server', async () => {
    const server = await serving(rowSums);
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, almostRight), (value) =>
        isAnswered(server, JSON.stringify(value) ?? ''),
      ),
      { seed: 20_261, numRuns: 300 },
    );
  });

  it('as text of any form is answered with 400', async () => {
    const server = await serving(rowSums);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), (text) => isAnswered(server, text)),
      { seed: 20_262, numRuns: 200 },
    );
  });

  it('that is not HTTP leaves the server standing', async () => {
    const server = await serving(rowSums);
    const heard = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, server.host, () => socket.end('\u0000\u0001 nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(heard).toMatch(/^HTTP\/1\.1 400/);
    expect(await get(server, '/v2/health/live')).toMatchObject({ status: 200 });
  });
});
