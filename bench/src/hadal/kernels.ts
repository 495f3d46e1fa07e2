/** Single operations: products, convolutions, and what goes over rows. */
import {
  add,
  cast,
  compile,
  conv2d,
  gradients,
  layerNorm,
  matmul,
  mul,
  relu,
  softmax,
  sum,
  type Tensor,
} from '@hadal/core';
import type { Block, Contestant, ConvProblem, GemmProblem, RowsProblem } from '../../peers/protocol.mjs';
import { repeated } from './repeated';
import { required, upload } from './upload';

export async function gemm(spec: GemmProblem, blocks: readonly Block[]): Promise<Contestant> {
  const operands: Tensor[] = [];
  for (const block of blocks) operands.push(await cast(upload(block), spec.dtype).realize());
  const right = required(operands, -1);
  const product = compile((a: Tensor, b: Tensor) => matmul(a, b));
  return repeated(operands.slice(0, -1), [spec.probes], async (left) => [await product(left, right)]);
}

export function conv(spec: ConvProblem, blocks: readonly Block[]): Contestant {
  const tensors = blocks.map(upload);
  const images = tensors.slice(0, spec.inputs);
  const kernel = required(tensors, spec.inputs);
  const convolution = (x: Tensor, w: Tensor): Tensor => conv2d(x, w, { padding: 'same' });
  if (!spec.backward) {
    const forward = compile(convolution);
    return repeated(images, spec.probes, async (x) => [await forward(x, kernel)]);
  }
  const cotangent = required(tensors, spec.inputs + 1);
  const step = compile((x: Tensor, w: Tensor, g: Tensor) => {
    const y = convolution(x, w);
    return [y, ...gradients(sum(mul(y, g)), [x, w])];
  });
  return repeated(images, spec.probes, (x) => step(x, kernel, cotangent));
}

const rowOperations: Readonly<Record<RowsProblem['operation'], (x: Tensor) => Tensor>> = {
  chain: (x) => add(mul(relu(add(mul(x, 1.7), -0.3)), x), x),
  softmax: (x) => softmax(x),
  layerNorm: (x) => layerNorm(x),
  sum: (x) => sum(x),
};

export function rows(spec: RowsProblem, blocks: readonly Block[]): Contestant {
  const operation = compile(rowOperations[spec.operation]);
  return repeated(blocks.map(upload), [spec.probes], async (x) => [await operation(x)]);
}
