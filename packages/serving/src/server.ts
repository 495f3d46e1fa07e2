/**
 * The HTTP side: routes of the Open Inference Protocol v2 (HTTP and JSON) over models, and one place where every kind
 * of failure becomes a status and `{ "error": "…" }`.
 */
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { datatypeOf } from './datatypes';
import type { InferenceModel, TensorSpec } from './model';
import { JobQueue, QueueFullError } from './queue';
import { readInferenceRequest } from './request';
import { quote, RequestError } from './request-error';
import { DEFAULT_VERSION, inferenceAnswer } from './response';
import type { ServerSettings } from './settings';
import { VERSION } from './version';

/** Where a model is named, with and without a version. */
const MODEL_PATHS = ['/v2/models/:model', '/v2/models/:model/versions/:version'];

/** Longest name of a model or version in a URL, in characters. */
const MAX_NAME_LENGTH = 256;

interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

/** A server that is not listening yet, and the queue its models are behind. */
export interface InferenceServer {
  readonly app: FastifyInstance;
  readonly queue: JobQueue;
}

/**
 * Makes the server of a model.
 *
 * @param model    what answers
 * @param settings resolved settings
 */
export function createInferenceServer(model: InferenceModel, settings: ServerSettings): InferenceServer {
  const app = Fastify({
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    routerOptions: { maxParamLength: MAX_NAME_LENGTH, ignoreTrailingSlash: true },
    logger: { level: settings.logLevel, stream: settings.logStream ?? process.stderr },
    frameworkErrors: answerBadUrl,
  });
  const queue = new JobQueue(settings.maxConcurrent, settings.maxQueued);
  acceptJsonOnly(app);
  endConnectionsOnClose(app);
  addHealthRoutes(app);
  addModelRoutes(app, model, queue, settings);
  app.setNotFoundHandler((request) => {
    throw new RequestError(
      404,
      `there is no ${request.method} ${quote(request.url)}; inference is POST /v2/models/{name}/infer, and GET /v2 describes the server.`,
    );
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, settings));
  return { app, queue };
}

/** A URL that cannot be decoded never reaches a route. */
function answerBadUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.code(400).send({ error: 'the URL is not valid.' });
}

function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      const what = body.length === 0 ? 'empty' : 'not valid JSON';
      done(new RequestError(400, `the request body is ${what}; expected an inference request as JSON.`));
    }
  });
}

/** An answer given while the server is closing also ends its connection, or an idle client would hold the server up. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

function addHealthRoutes(app: FastifyInstance): void {
  app.get('/v2', () => ({ name: 'hadal', version: VERSION, extensions: [] }));
  app.get('/v2/health/live', () => ({ live: true }));
  app.get('/v2/health/ready', () => ({ live: true, ready: true }));
}

function addModelRoutes(
  app: FastifyInstance,
  model: InferenceModel,
  queue: JobQueue,
  settings: ServerSettings,
): void {
  const version = model.version ?? DEFAULT_VERSION;
  const requireModel = (params: ModelParams): void => {
    if (params.model !== model.name) {
      throw new RequestError(
        404,
        `there is no model ${quote(params.model)} here; this server has ${quote(model.name)}.`,
      );
    }
    if (params.version !== undefined && params.version !== version) {
      throw new RequestError(
        404,
        `model ${quote(model.name)} has no version ${quote(params.version)}; this server has version ${quote(version)}.`,
      );
    }
  };
  const metadata = (specs: readonly TensorSpec[]) =>
    specs.map(({ name, dtype, shape }) => ({ name, datatype: datatypeOf(dtype), shape }));

  for (const path of MODEL_PATHS) {
    app.get<{ Params: ModelParams }>(path, ({ params }) => {
      requireModel(params);
      return {
        name: model.name,
        versions: [version],
        platform: model.platform ?? 'hadal',
        inputs: metadata(model.inputs),
        outputs: metadata(model.outputs),
      };
    });
    app.get<{ Params: ModelParams }>(`${path}/ready`, ({ params }) => {
      requireModel(params);
      return { name: model.name, ready: true };
    });
    app.post<{ Params: ModelParams }>(`${path}/infer`, async (request, reply) => {
      requireModel(request.params);
      const inference = readInferenceRequest(request.body, model);
      const results = await queue.run(() => model.predict(inference.inputs), abandoned(reply));
      return inferenceAnswer(model, inference, results);
    });
    app.route<{ Params: ModelParams }>({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: `${path}/infer`,
      // Before the body is read: whatever it is, this is not how to send it.
      onRequest: async (request, reply) => {
        reply.header('allow', 'POST');
        throw new RequestError(405, `${request.method} is not how to ask for an inference; send a POST.`);
      },
      handler: () => undefined,
    });
  }
  app.log.debug({ model: model.name, bodyLimitBytes: settings.bodyLimitBytes }, 'model added');
}

/** Aborted when the client hangs up before it was answered, so that nobody computes for nobody. */
function abandoned(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const notice = (): void => {
    if (reply.raw.writableFinished) return;
    reply.log.info('the client hung up before it was answered');
    controller.abort(new RequestError(499, 'the client hung up.'));
  };
  // It may be gone since before its request was read.
  if (reply.raw.destroyed) notice();
  else reply.raw.once('close', notice);
  return controller.signal;
}

/** Turns every failure into an answer. What is not the client's doing is logged whole and answered in general words. */
function answerError(
  error: FastifyError | RequestError | QueueFullError,
  request: FastifyRequest,
  reply: FastifyReply,
  settings: ServerSettings,
): void {
  const { status, message } = publicError(error, request, settings);
  if (status >= 500 && !(error instanceof QueueFullError))
    request.log.error({ err: error }, 'request failed');
  if (error instanceof QueueFullError) reply.header('retry-after', '1');
  reply.code(status).send({ error: message });
}

function publicError(
  error: FastifyError | RequestError | QueueFullError,
  request: FastifyRequest,
  settings: ServerSettings,
): { status: number; message: string } {
  if (error instanceof RequestError) return error;
  if (error instanceof QueueFullError) {
    return {
      status: 503,
      message: `the server is busy: ${error.waiting} requests are waiting, its limit (maxQueued) is ${settings.maxQueued}; try again later.`,
    };
  }
  const limit = settings.bodyLimitBytes.toLocaleString('en-US');
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const declared = Number(request.headers['content-length']);
      const size = Number.isSafeInteger(declared) ? `of ${declared.toLocaleString('en-US')} bytes ` : '';
      return {
        status: 413,
        message: `the request body ${size}is over the limit of ${limit} bytes; send fewer rows at once, or raise bodyLimitBytes of the server.`,
      };
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE': {
      const type = request.headers['content-type'];
      const given = type === undefined ? 'missing' : quote(type);
      return { status: 415, message: `the content type is ${given}; expected application/json.` };
    }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { status: 400, message: 'the request body is not as long as its Content-Length says.' };
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? { status: error.statusCode, message: 'the request is not valid.' }
        : { status: 500, message: 'the server failed to answer this request; its log says why.' };
  }
}
