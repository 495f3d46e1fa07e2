import { describe, expect, it } from 'vitest';
import { Graph } from '../peers/onnx/graph.mjs';
import { positionsChannelsFirst, transposed } from '../peers/onnx/layout.mjs';
import { float, integer, message, text } from '../peers/onnx/wire.mjs';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the encoding of Protocol Buffers', () => {
  // The examples of the specification: field 1 with 150, field 2 with a text, field 3 with a message of field 1.
  it('writes numbers, texts and messages as its specification says', () => {
    expect(hex(integer(1, 150))).toBe('089601');
    expect(hex(text(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(message(3, integer(1, 150)))).toBe('1a03089601');
  });

  it('writes negative numbers as 64 bits and floats as four bytes', () => {
    expect(hex(integer(3, -1))).toBe('18ffffffffffffffffff01');
    expect(hex(float(2, 1))).toBe('150000803f');
  });

  it('numbers fields above 15 with two bytes', () => {
    expect(hex(integer(20, 1))).toBe('a00101');
  });
});

describe('a model', () => {
  it('names an operator set, and every node, input and output once', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    graph.output(graph.node('Mul', [x, graph.number(3)]), [2]);
    const model = Buffer.from(graph.model());
    const expected = [
      '0809', // ir_version 9
      '3a4c', // graph
      ['0a10', '0a0178', '0a027630', '12027631', '22034d756c'], // node: inputs x and v0, output v1, operator Mul
      ['120770726f626c656d'], // its name
      ['2a0c', '1001', '42027630', '4a0400004040'], // initializer: float32, v0, 3
      ['5a0f', '0a0178', '120a0a0808011204', '0a020802'], // input x: float32 of [2]
      ['6210', '0a027631', '120a0a0808011204', '0a020802'], // output v1
      '42040a001014', // the operators of ONNX, version 20
      '42110a0d636f6d2e6d6963726f736f66741001', // and those of onnxruntime
    ];
    expect(model.toString('hex')).toBe(expected.flat().join(''));
  });
});

describe('another order of axes', () => {
  const block = { data: Float32Array.from({ length: 24 }, (_, i) => i), shape: [2, 3, 4] };

  it('has every value at its permuted position', () => {
    const { data, shape } = transposed(block, [2, 0, 1]);
    expect(shape).toEqual([4, 2, 3]);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 4; k++) expect(data[(k * 2 + i) * 3 + j]).toBe((i * 3 + j) * 4 + k);
  });

  it('finds probed positions again', () => {
    const shape = [2, 3, 2, 2];
    const images = { data: block.data, shape };
    const first = transposed(images, [0, 3, 1, 2]);
    const positions = [0, 1, 5, 13, 23];
    expect(positionsChannelsFirst(positions, shape).map((at) => first.data[at])).toEqual(positions);
  });
});
