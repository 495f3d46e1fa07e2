/**
 * A graph as a training step makes them: products, normalization, element-wise chains, views, reductions, and an update
 * of every weight. It is small in data and large in nodes, so that what it costs is core's own work.
 */
import { type Device, mean, type Tensor, tensor } from '@hadal/core';
import type { Node } from '@hadal/core/graph';

const ROWS = 8;
const WIDTH = 16;

/** Nodes that one block adds. */
const NODES_PER_BLOCK = 54;

export interface StepData {
  readonly x: Tensor;
  readonly layers: readonly { readonly weight: Tensor; readonly bias: Tensor }[];
}

/** Tensors on `device` for a step whose graph has about `nodes` nodes. */
export async function stepData(device: Device, nodes: number): Promise<StepData> {
  const made = (shape: readonly number[]): Promise<Tensor> => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return tensor(
      Float32Array.from({ length: size }, (_, i) => Math.sin(i + size)),
      { shape, device },
    ).realize();
  };
  const layers = [];
  for (let i = 0; i < Math.ceil(nodes / NODES_PER_BLOCK); i++)
    layers.push({ weight: await made([WIDTH, WIDTH]), bias: await made([WIDTH]) });
  return { x: await made([ROWS, WIDTH]), layers };
}

/** Describes the step by the public functions and returns what it computes: the next weights, and a loss. */
export function buildStep({ x, layers }: StepData): readonly Node[] {
  const outputs: Node[] = [];
  let h = x;
  for (const { weight, bias } of layers) {
    const product = h.matmul(weight).add(bias);
    const centered = product.sub(product.mean({ axis: -1, keepDims: true }));
    const variance = centered.square().mean({ axis: -1, keepDims: true });
    const active = centered.div(variance.add(1e-5).sqrt()).relu();
    const gradient = h.transpose().matmul(active.mul(0.125)).add(weight.mul(0.01));
    const scaled = gradient.div(gradient.square().sum().sqrt().add(1e-7));
    outputs.push(weight.sub(scaled.mul(0.001)).node);
    h = h.add(active);
  }
  outputs.push(mean(h).node);
  return outputs;
}
