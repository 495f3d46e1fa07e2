/** The run-time entry: a part of the index and of the entry for backends, not a copy of them. */
import { describe, expect, it } from 'vitest';
import * as backend from '../src/backend';
import * as index from '../src/index';
import * as runtime from '../src/runtime';

describe('the run-time entry', () => {
  it('exports what the index and the entry for backends export under the same names', () => {
    const names = Object.keys(runtime);
    expect(names.length).toBeGreaterThan(0);
    expect({ ...backend, ...index }).toMatchObject(runtime);
  });
});
