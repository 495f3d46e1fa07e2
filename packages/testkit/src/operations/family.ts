/**
 * A family: what is known of a group of operations, from which every test of them is made.
 *
 * Everything is keyed by the name of the operation, which is the name that `@hadal/core` exports. Together the families
 * are the table of operations: a test holds it against the exports, so that no operation can be without samples, golden
 * values and error cases.
 */
import type { Device, Tensor } from '@hadal/core';
import type { Sample } from '../sample';

/** What a golden entry is compared with: the operation applied to the entry's inputs. */
export type GoldenUse = (
  ...inputs: Tensor[]
) => Tensor | readonly Tensor[] | Promise<Tensor | readonly Tensor[]>;

/** A call that must be refused, with words that the message must contain. */
export interface ErrorCase {
  readonly operation: string;
  /** What is wrong with the call, e.g. `inner dimensions that differ`. */
  readonly name: string;
  readonly run: () => unknown;
  /** Name of the error's class, such as `ShapeError`. */
  readonly error: string;
  /** Part of the message: what was given, or what to do. */
  readonly message: string;
}

/** What no sample can say: results whose shape depends on values, random numbers, control flow. */
export interface OperationCheck {
  readonly operation: string;
  readonly name: string;
  /** Resolves when the device is right; throws what differs. `reference` is the interpreter. */
  readonly run: (device: Device, reference: Device) => Promise<void>;
}

export interface OperationFamily {
  /** Names the fixture: `test/fixtures/<name>.safetensors`, made by `make_<name>.py`. */
  readonly name: string;
  readonly samples: readonly Sample[];
  /** By entry of the fixture. The first word of an entry is the operation, the rest says which use of it. */
  readonly goldens: Readonly<Record<string, GoldenUse>>;
  readonly errors: readonly ErrorCase[];
  readonly checks?: readonly OperationCheck[];
}

/** An error case; `message` is a part of the error's message. */
export const refuses = (
  operation: string,
  name: string,
  run: () => unknown,
  error: string,
  message: string,
): ErrorCase => ({ operation, name, run, error, message });

/** The operation that a golden entry belongs to. */
export const operationOf = (entry: string): string => entry.split(' ', 1)[0] ?? entry;
