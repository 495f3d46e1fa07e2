/**
 * The command line of the demo.
 */
import { parseArgs } from 'node:util';

/** Devices the demo can run on. */
export const DEVICES = ['best', 'native', 'cpu', 'interpreter'] as const;
export type DeviceName = (typeof DEVICES)[number];

export interface DemoOptions {
  /** All 60,000 training and 10,000 test images instead of the subset of 12,000 and 2,000. */
  readonly full: boolean;
  readonly epochs: number;
  readonly device: DeviceName;
  /** Keep serving after the first request, until interrupted. */
  readonly serve: boolean;
  /** End with one line of JSON. */
  readonly json: boolean;
  /** Folder that everything is written to. */
  readonly out: string;
  readonly seed: number;
  /** Train and judge on this many images at most; undefined for all. */
  readonly images: number | undefined;
  readonly help: boolean;
}

export const DEMO_DEFAULTS: DemoOptions = {
  full: false,
  epochs: 5,
  device: 'best',
  serve: false,
  json: false,
  out: 'demo-output',
  seed: 7,
  images: undefined,
  help: false,
};

const deviceNames = `${DEVICES.slice(0, -1).join(', ')} or ${DEVICES.at(-1)}`;

export const HELP = `Trains a small convolutional network on pictures of clothes, judges, explains, saves and serves it.

  npm run demo -- [flags]

  --full          all 60,000 training images instead of the 12,000 that come with the package
  --epochs N      passes over the training images (default ${DEMO_DEFAULTS.epochs})
  --device NAME   ${deviceNames} (default ${DEMO_DEFAULTS.device})
  --serve         keep serving the model until Ctrl+C
  --json          end with one line of JSON: accuracy, speed, backend and file paths
  --out DIR       where to write the model and the report (default ${DEMO_DEFAULTS.out})
  --seed N        another seed, other weights (default ${DEMO_DEFAULTS.seed})
  --images N      use only the first N images of each part
  --help          this text
`;

/** A command line that cannot be understood; its message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying which flag is wrong and what it takes
 */
export function readOptions(args: readonly string[]): DemoOptions {
  const values = parse(args);
  return {
    full: values.full ?? DEMO_DEFAULTS.full,
    epochs: wholeNumber('epochs', values.epochs, 1) ?? DEMO_DEFAULTS.epochs,
    device: deviceName(values.device),
    serve: values.serve ?? DEMO_DEFAULTS.serve,
    json: values.json ?? DEMO_DEFAULTS.json,
    out: folder(values.out),
    seed: wholeNumber('seed', values.seed, 0) ?? DEMO_DEFAULTS.seed,
    images: wholeNumber('images', values.images, 32),
    help: values.help ?? DEMO_DEFAULTS.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        full: { type: 'boolean' },
        epochs: { type: 'string' },
        device: { type: 'string' },
        serve: { type: 'boolean' },
        json: { type: 'boolean' },
        out: { type: 'string' },
        seed: { type: 'string' },
        images: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const [problem] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${problem}. See --help.`);
  }
}

function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`--${flag} is '${text}'; expected a whole number from ${least}.`);
}

function deviceName(text: string | undefined): DeviceName {
  if (text === undefined) return DEMO_DEFAULTS.device;
  const found = DEVICES.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`--device is '${text}'; expected ${deviceNames}.`);
}

function folder(text: string | undefined): string {
  if (text === '') throw new UsageError('--out is empty; expected a folder.');
  return text ?? DEMO_DEFAULTS.out;
}
