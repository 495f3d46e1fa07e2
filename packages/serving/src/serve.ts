/**
 * Starts and stops a server: the one call most users need.
 */
import { ArgumentError, HadalError } from '@hadal/core';
import { loadModel, type Network } from '@hadal/layers';
import { inferenceModel, type ModelOptions } from './from-model';
import type { InferenceModel } from './model';
import { createInferenceServer } from './server';
import { resolveSettings, type ServeOptions } from './settings';

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The model it serves. */
  readonly model: InferenceModel;
  /**
   * Stops taking requests, answers those in flight, and frees the port. Connections that are still busy after
   * `closeTimeoutMs` are cut. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/**
 * Serves a model of `@hadal/layers`, or one that was saved, over HTTP and JSON by the Open Inference Protocol v2.
 *
 * @param model   a built model, or the path of a saved one
 * @param options name, limits, where to listen; see `ServeOptions` and `ModelOptions`
 * @returns the running server
 * @throws {DataError} when there is no saved model at the path, or it is damaged
 * @throws {ArgumentError} when a setting is out of range, the model is not built, or the port is taken
 * @example
 * const server = await serve('clothes', { port: 8080 });
 * console.log(`${server.url}/v2/models/${server.model.name}`);
 * await server.close();
 */
export async function serve(
  model: Network | string,
  options: ServeOptions & ModelOptions = {},
): Promise<RunningServer> {
  const network = typeof model === 'string' ? await loadModel(model) : model;
  return serveModel(inferenceModel(network, options), options);
}

/**
 * Serves anything that answers batches over HTTP and JSON by the Open Inference Protocol v2.
 *
 * @param model   anything that answers batches
 * @param options where to listen, limits and logging; see `ServeOptions`
 * @returns the running server
 * @throws {ArgumentError} when a setting is out of range, the model is not well described, or the port is taken
 */
export async function serveModel(model: InferenceModel, options: ServeOptions = {}): Promise<RunningServer> {
  requireDescribed(model);
  const settings = resolveSettings(options);
  const { app, queue } = createInferenceServer(model, settings);
  try {
    await app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await app.close();
    throw listenError(error, settings.host, settings.port);
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;

  let closing: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    const cut = setTimeout(() => app.server.closeAllConnections(), settings.closeTimeoutMs);
    try {
      await app.close();
      await queue.drained();
    } finally {
      clearTimeout(cut);
    }
  };
  return {
    url: `http://${urlHost(settings.host)}:${port}`,
    host: settings.host,
    port,
    model,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

/** A host as it stands in a URL: IPv6 addresses in brackets, "any interface" as this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listenError(error: unknown, host: string, port: number): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ArgumentError(
        'serve',
        `port ${port} of host ${host} is in use by another program.`,
        'Stop that program, pass another port, or pass { port: 0 } for any free one.',
      );
    case 'EACCES':
      return new ArgumentError(
        'serve',
        `port ${port} of host ${host} may not be opened by this user.`,
        'Ports below 1024 are usually reserved; pass a larger one.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ArgumentError(
        'serve',
        `host ${host} is not an address of this machine.`,
        "Pass '127.0.0.1' for this machine only, '0.0.0.0' for all interfaces.",
      );
    default:
      return error instanceof Error ? error : new HadalError('serve', `listening on ${host}:${port} failed.`);
  }
}

function requireDescribed(model: InferenceModel): void {
  if (model.name === '' || model.name.includes('/')) {
    throw new ArgumentError(
      'serve',
      `the model is named ${JSON.stringify(model.name)}.`,
      'Clients name it in a URL: pass { name } without a slash.',
    );
  }
  for (const [kind, specs] of [
    ['input', model.inputs],
    ['output', model.outputs],
  ] as const) {
    if (specs.length === 0)
      throw new ArgumentError('serve', `model ${JSON.stringify(model.name)} describes no ${kind}.`);
    const names = specs.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new ArgumentError(
        'serve',
        `model ${JSON.stringify(model.name)} has two ${kind}s named ${JSON.stringify(twice)}.`,
      );
    }
  }
}
