/** Which epilogues stay in registers, and what the addon is told of the others. */
import type { Epilogue } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { directForm, encodeEpilogue } from '../../src/library/epilogue';
import { WordWriter } from '../../src/words';

const column = { kind: 'column', storage: 'f32', type: 'f32' } as const;
const full = { kind: 'full', storage: 'f32', type: 'f32' } as const;
const binary = (op: 'add' | 'max' | 'mul', to: number, a: number, b: number): Epilogue['body'][number] => ({
  op,
  to,
  type: 'f32',
  from: 'f32',
  operands: [a, b],
});
const constant = (to: number, value: number): Epilogue['body'][number] => ({
  op: 'constant',
  to,
  type: 'f32',
  value,
});

const epilogue = (
  sideInputs: Epilogue['sideInputs'],
  body: Epilogue['body'],
  register: number,
): Epilogue => ({ sideInputs, scalars: [], body, outputs: [{ register, storage: 'f32' }] });

describe('an epilogue is direct', () => {
  it('when it stores sums as they are', () => {
    expect(directForm(epilogue([], [], 0))).toEqual({ column: -1, full: -1, rectifies: false });
  });

  it('when it adds a column, adds a full side input and rectifies, in either order of operands', () => {
    const body = [binary('add', 3, 0, 1), binary('add', 4, 2, 3), constant(5, 0), binary('max', 6, 5, 4)];
    expect(directForm(epilogue([column, full], body, 6))).toEqual({ column: 0, full: 1, rectifies: true });
  });
});

describe('an epilogue is a program', () => {
  it('when it multiplies, or adds after it rectified', () => {
    expect(directForm(epilogue([column], [binary('mul', 2, 0, 1)], 2))).toBeUndefined();
    const late = [constant(2, 0), binary('max', 3, 0, 2), binary('add', 4, 3, 1)];
    expect(directForm(epilogue([column], late, 4))).toBeUndefined();
  });

  it('when the sum meets itself, or a bound other than 0', () => {
    expect(directForm(epilogue([], [binary('add', 1, 0, 0)], 1))).toBeUndefined();
    expect(directForm(epilogue([], [constant(1, 6), binary('max', 2, 0, 1)], 2))).toBeUndefined();
    expect(directForm(epilogue([], [constant(1, -0), binary('max', 2, 0, 1)], 2))).toBeUndefined();
  });

  it('when more than the last value is stored, or another one', () => {
    const body = [binary('add', 2, 0, 1)];
    expect(directForm(epilogue([column], body, 0))).toBeUndefined();
    const outputs = [2, 0].map((register) => ({ register, storage: 'f32' as const }));
    expect(directForm({ ...epilogue([column], body, 2), outputs })).toBeUndefined();
  });

  it('when a side input is no float32, or is read by row', () => {
    const bytes = { kind: 'column', storage: 'u8', type: 'i32' } as const;
    expect(directForm(epilogue([bytes], [], 0))).toBeUndefined();
    expect(directForm(epilogue([{ ...column, kind: 'row' }], [binary('add', 2, 0, 1)], 2))).toBeUndefined();
  });
});

describe('the words of an epilogue', () => {
  it('are side inputs, scalars, outputs, the direct form and the body', () => {
    const words = new WordWriter();
    encodeEpilogue(epilogue([column], [binary('add', 2, 0, 1)], 2), words);
    const expected = [[1, 1, 0, 0], [0], [1, 2, 0], [1, 0, 0, -1], [3, 0, 1, 0, 0, 0, 2, 0, 1, 0]];
    expect([...words.finish()]).toEqual(expected.flat());
  });
});
