/** The run-time entry: a part of the index, not a copy of it. */
import { describe, expect, it } from 'vitest';
import * as index from '../src/index';
import * as runtime from '../src/runtime';

describe('the run-time entry', () => {
  it('exports what the index exports under the same names', () => {
    const names = Object.keys(runtime);
    expect(names.length).toBeGreaterThan(0);
    expect(index).toMatchObject(runtime);
  });
});
