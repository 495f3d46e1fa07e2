/**
 * Test cases as plain values, so that any runner can run them: vitest, a page in a browser, or a test that expects some
 * of them to fail.
 */
import type { Device } from '@hadal/core';

export interface ConformanceCase {
  /** What is tested: an operation, or a part of the system such as `variables`. */
  readonly group: string;
  readonly name: string;
  /** Resolves when the device conforms; rejects with what differs. */
  run(): Promise<void>;
}

/** What cases are made for. */
export interface CaseContext {
  /** The device under test. */
  readonly device: () => Promise<Device>;
  readonly seed: number;
}
