/** Starting, being busy, failing and stopping. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { InferenceModel } from '../src/index';
import { SERVE_DEFAULTS, serveModel } from '../src/index';
import { echo, get, post, rowSums, serving } from './helpers';

const request = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] };
const INFER = '/v2/models/echo/infer';

/** A model that answers only when it is told to, and counts. */
function held() {
  const started: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const model: InferenceModel = {
    ...echo('float32', [-1]),
    async predict(inputs) {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => started.push(resolve));
      running--;
      return new Map([['y', inputs.get('x')!]]);
    },
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return {
    model,
    started,
    mostAtOnce: () => most,
    begun: (count: number) => until(() => started.length >= count),
    releaseNext: () => started.shift()?.(),
  };
}

const settle = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('starting', () => {
  it('listens on this machine only unless told otherwise', async () => {
    const server = await serving(rowSums);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(SERVE_DEFAULTS.host).toBe('127.0.0.1');
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(serveModel(rowSums, { port })).rejects.toThrow(
      `serve: port ${port} of host 127.0.0.1 is in use by another program.\n` +
        '  Stop that program, pass another port, or pass { port: 0 } for any free one.',
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('says which host is not one of this machine', async () => {
    await expect(serveModel(rowSums, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'serve: host 192.0.2.1 is not an address of this machine.',
    );
  });

  it.each([
    [{ port: 70_000 }, 'port is 70000; expected an integer from 0 to 65535'],
    [{ port: 0.5 }, 'port is 0.5'],
    [{ bodyLimitBytes: 0 }, 'bodyLimitBytes is 0; expected an integer from 1'],
    [{ maxConcurrent: 0 }, 'maxConcurrent is 0'],
    [{ maxQueued: -1 }, 'maxQueued is -1'],
    [{ requestTimeoutMs: Number.NaN }, 'requestTimeoutMs is NaN'],
    [{ closeTimeoutMs: 2 ** 31 }, 'closeTimeoutMs is 2147483648'],
    [{ host: '' }, "host is ''"],
  ])('refuses %o', async (options, message) => {
    await expect(serveModel(rowSums, options)).rejects.toThrow(message);
  });

  it.each([
    [{ ...rowSums, name: '' }, 'the model is named ""'],
    [{ ...rowSums, name: 'a/b' }, 'the model is named "a/b"'],
    [{ ...rowSums, inputs: [] }, 'model "sums" describes no input'],
    [
      { ...rowSums, outputs: [...rowSums.outputs, ...rowSums.outputs] },
      'model "sums" has two outputs named "sum"',
    ],
  ])('refuses a model that is not well described', async (model, message) => {
    await expect(serveModel(model, { port: 0 })).rejects.toThrow(message);
  });
});

/** How long a test waits for a line of the log. */
const WAIT = { timeout: 10_000 };

describe('being busy', () => {
  it('runs as many requests at a time as it may', async () => {
    const { model, begun, started, releaseNext, mostAtOnce } = held();
    const server = await serving(model, { maxConcurrent: 2 });
    const answers = Array.from({ length: 5 }, () => post(server, INFER, request));
    for (let answered = 0; answered < 5; answered++) {
      await begun(Math.min(2, 5 - answered));
      await settle(5);
      expect(started.length).toBeLessThanOrEqual(2);
      releaseNext();
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toStrictEqual([200, 200, 200, 200, 200]);
    expect(mostAtOnce()).toBe(2);
  });

  it('answers one request too many with 503, at once, and says when to come back', async () => {
    const { model, begun, releaseNext } = held();
    const server = await serving(model, { maxQueued: 1 });
    const first = post(server, INFER, request);
    await begun(1);
    const second = post(server, INFER, request);
    await settle(50);
    const third = await post(server, INFER, request);
    expect(third).toMatchObject({
      status: 503,
      body: { error: expect.stringMatching(/busy: 1 requests are waiting, its limit \(maxQueued\) is 1/) },
    });
    expect(third.headers.get('retry-after')).toBe('1');
    releaseNext();
    await begun(1);
    releaseNext();
    expect([(await first).status, (await second).status]).toStrictEqual([200, 200]);
  });

  it('answers health while the model works', async () => {
    const { model, begun, releaseNext } = held();
    const server = await serving(model);
    const answer = post(server, INFER, request);
    await begun(1);
    expect(await get(server, '/v2/health/ready')).toMatchObject({ status: 200 });
    releaseNext();
    await answer;
  });

  it('does not compute for a client that hung up while waiting', async () => {
    const { model, begun, started, releaseNext } = held();
    const lines: string[] = [];
    const server = await serving(model, {
      logLevel: 'info',
      logStream: { write: (line) => lines.push(line) },
    });
    const logged = (text: string, times: number) =>
      expect
        .poll(() => lines.filter((line) => line.includes(text)).length, WAIT)
        .toBeGreaterThanOrEqual(times);
    const first = post(server, INFER, request);
    await begun(1);
    const hangUp = new AbortController();
    const gone = fetch(`${server.url}${INFER}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: hangUp.signal,
    });
    await logged('incoming request', 2);
    hangUp.abort();
    await expect(gone).rejects.toThrow();
    await logged('hung up', 1);
    releaseNext();
    await first;
    await settle(20);
    expect(started).toHaveLength(0);
  });
});

describe('a model that fails', () => {
  const failing: InferenceModel = {
    ...echo('float32', [-1]),
    predict: () => Promise.reject(new Error('weights in /home/someone/secret are broken')),
  };

  it('is answered with 500 that tells nothing, and logged whole', async () => {
    const lines: string[] = [];
    const server = await serving(failing, {
      logLevel: 'error',
      logStream: { write: (line) => lines.push(line) },
    });
    expect(await post(server, INFER, request)).toMatchObject({
      status: 500,
      body: { error: 'the server failed to answer this request; its log says why.' },
    });
    expect(lines.join('')).toContain('weights in /home/someone/secret are broken');
  });

  it('does not stop the next request', async () => {
    let calls = 0;
    const server = await serving({
      ...failing,
      predict: (inputs) =>
        calls++ === 0 ? failing.predict(inputs) : Promise.resolve(new Map([['y', inputs.get('x')!]])),
    });
    expect((await post(server, INFER, request)).status).toBe(500);
    expect((await post(server, INFER, request)).status).toBe(200);
  });

  it.each([
    [
      'NaN',
      new Map([['y', { data: Float32Array.of(Number.NaN), shape: [1], dtype: 'float32' as const }]]),
      /is NaN at element 0/,
    ],
    ['nothing', new Map(), /gave no output/],
  ])('to give an answer (%s) is the failure of the server', async (_what, result, logged) => {
    const lines: string[] = [];
    const logStream = { write: (line: string) => lines.push(line) };
    const server = await serving(
      { ...failing, predict: async () => result },
      { logLevel: 'error', logStream },
    );
    expect((await post(server, INFER, request)).status).toBe(500);
    expect(lines.join('')).toMatch(logged);
  });

  it('and a client that errs leave a quiet log unless asked', async () => {
    const lines: string[] = [];
    const server = await serving(rowSums, {
      logLevel: 'error',
      logStream: { write: (line) => lines.push(line) },
    });
    await post(server, '/v2/models/sums/infer', { inputs: 3 });
    await get(server, '/v2');
    expect(lines).toStrictEqual([]);
  });
});

describe('stopping', () => {
  it('answers the request in flight, refuses new connections and frees the port', async () => {
    const { model, begun, releaseNext } = held();
    const server = await serving(model, { closeTimeoutMs: 5000 });
    const answer = post(server, INFER, request);
    await begun(1);
    const closed = server.close();
    await settle(20);
    await expect(get(server, '/v2/health/live')).rejects.toThrow();
    releaseNext();
    expect((await answer).status).toBe(200);
    const answered = performance.now();
    await closed;
    expect(performance.now() - answered).toBeLessThan(2000);
    const next = await serving(echo('float32', [-1]), { port: server.port });
    expect(next.port).toBe(server.port);
  });

  it('waits for what runs even when its client has gone', async () => {
    const { model, begun, releaseNext } = held();
    const server = await serving(model);
    const hangUp = new AbortController();
    const body = JSON.stringify(request);
    const headers = { 'content-type': 'application/json' };
    const gone = fetch(`${server.url}${INFER}`, { method: 'POST', headers, body, signal: hangUp.signal });
    await begun(1);
    hangUp.abort();
    await expect(gone).rejects.toThrow();
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await settle(50);
    expect(closed).toBe(false);
    releaseNext();
    await closing;
    expect(closed).toBe(true);
  });

  it('cuts a client that never finishes its request', async () => {
    const server = await serving(rowSums, { closeTimeoutMs: 100 });
    const socket = connect(server.port, server.host);
    const ended = new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
    socket.write(
      'POST /v2/models/sums/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await settle(50);
    const start = performance.now();
    await server.close();
    await ended;
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('twice is stopping once', async () => {
    const server = await serving(rowSums);
    await expect(Promise.all([server.close(), server.close()])).resolves.toBeDefined();
  });
});
