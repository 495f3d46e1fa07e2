/**
 * Settings of a server, with their defaults in one place, and the checks that name a setting that is out of range.
 */
import { ArgumentError } from '@hadal/core';

/** How much the server tells about itself, from nothing to everything. */
export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface ServeOptions {
  /** The address to listen on. The default is reachable from this machine only. */
  readonly host?: string;
  /** The port to listen on, 0 for any free one. */
  readonly port?: number;
  /** The largest request body in bytes; a larger one is answered with 413. */
  readonly bodyLimitBytes?: number;
  /** Requests that the model works on at the same time. */
  readonly maxConcurrent?: number;
  /** Requests that may wait for the model; one more is answered with 503. */
  readonly maxQueued?: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeoutMs?: number;
  /** How long `close` waits for requests in flight before it cuts their connections, in milliseconds. */
  readonly closeTimeoutMs?: number;
  /** What is logged: by default only failures of the server itself. 'info' adds a line per request. */
  readonly logLevel?: LogLevel;
  /** Where log lines (JSON) go; standard error by default. */
  readonly logStream?: { write(line: string): void };
}

export type ServerSettings = Required<Omit<ServeOptions, 'logStream'>> & Pick<ServeOptions, 'logStream'>;

export const SERVE_DEFAULTS: ServerSettings = {
  host: '127.0.0.1',
  port: 8080,
  /** 16 MiB: about 2,000 images of 28 × 28 pixels as JSON numbers. */
  bodyLimitBytes: 16 * 1024 * 1024,
  /** Requests on one device run one after the other anyway. */
  maxConcurrent: 1,
  maxQueued: 128,
  requestTimeoutMs: 30_000,
  closeTimeoutMs: 10_000,
  logLevel: 'error',
};

/** The largest port number there is. */
const LAST_PORT = 65_535;

/** The longest delay a timer can have. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ArgumentError(
    'serve',
    `${name} is ${String(value)}; expected an integer from ${least} to ${most}.`,
  );
}

/**
 * Fills in the defaults and checks what was given.
 *
 * @throws {ArgumentError} when a setting is out of range, naming it and its range
 */
export function resolveSettings(options: ServeOptions): ServerSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: ServerSettings = { ...SERVE_DEFAULTS, ...given };
  if (settings.host === '') {
    throw new ArgumentError(
      'serve',
      "host is ''.",
      "Pass '127.0.0.1' for this machine only, '0.0.0.0' for all interfaces.",
    );
  }
  requireInteger('port', settings.port, 0, LAST_PORT);
  requireInteger('bodyLimitBytes', settings.bodyLimitBytes, 1, Number.MAX_SAFE_INTEGER);
  requireInteger('maxConcurrent', settings.maxConcurrent, 1, Number.MAX_SAFE_INTEGER);
  requireInteger('maxQueued', settings.maxQueued, 0, Number.MAX_SAFE_INTEGER);
  requireInteger('requestTimeoutMs', settings.requestTimeoutMs, 1, LONGEST_TIMER_MS);
  requireInteger('closeTimeoutMs', settings.closeTimeoutMs, 0, LONGEST_TIMER_MS);
  return settings;
}
