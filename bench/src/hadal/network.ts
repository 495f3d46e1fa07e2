/** Networks of the problems, from core's own operations. */
import {
  add,
  batchNormalization,
  conv2d,
  gather,
  gelu,
  layerNorm,
  lstm,
  matmul,
  maxPool2d,
  mean,
  relu,
  scaledDotProductAttention,
  split,
  type Tensor,
} from '@hadal/core';
import type { LayerSpec, Network } from '../../peers/protocol.mjs';

/** Takes the parameters of a network one after the other. */
type Next = () => Tensor;

/** @param parameters those of every layer, in the order of `parametersOf` */
export function network(spec: Network, parameters: readonly Tensor[], input: Tensor): Tensor {
  let at = 0;
  const next = (): Tensor => {
    const value = parameters[at++];
    if (!value) throw new Error('The problem has too few parameters.');
    return value;
  };
  return spec.layers.reduce((x, layer) => apply(layer, x, next), input);
}

function apply(layer: LayerSpec, x: Tensor, next: Next): Tensor {
  switch (layer.kind) {
    case 'conv':
      return relu(add(conv2d(x, next()), next()));
    case 'pool':
      return maxPool2d(x, layer.window);
    case 'flatten':
      return x.reshape([x.shape[0] ?? 1, -1]);
    case 'dense': {
      const result = dense(x, next);
      return layer.relu ? relu(result) : result;
    }
    case 'embedding':
      return gather(next(), x);
    case 'lstm':
      return lstm(x, { kernel: next(), recurrentKernel: next(), bias: next() }).hidden;
    case 'positions':
      return add(x, next());
    case 'decoder':
      return decoder(x, layer.heads, next);
    case 'layerNorm':
      return normalized(x, next);
    case 'stem':
      return maxPool2d(relu(convolved(x, 2, 3, next)), 3, {
        strides: 2,
        padding: [
          [1, 1],
          [1, 1],
        ],
      });
    case 'residual':
      return residual(x, layer.filters, layer.strides, next);
    case 'averagePool':
      return mean(x, { axis: [1, 2] });
  }
}

const dense = (x: Tensor, next: Next): Tensor => add(matmul(x, next()), next());

function normalized(x: Tensor, next: Next): Tensor {
  const scale = next();
  return layerNorm(x, { scale, offset: next() });
}

/** Attention and a hidden layer of four times the width, each after a normalization and beside a shortcut. */
function decoder(x: Tensor, heads: number, next: Next): Tensor {
  const [batch = 1, length = 1, width = 1] = x.shape;
  const joined = dense(normalized(x, next), next).reshape([batch, length, 3, heads, width / heads]);
  const [query, key, value] = split(joined.transpose([2, 0, 3, 1, 4]), 3);
  if (!query || !key || !value) throw new Error('A split in three gives three.');
  const shape = [batch, heads, length, width / heads];
  const attended = scaledDotProductAttention(query.reshape(shape), key.reshape(shape), value.reshape(shape), {
    causal: true,
  });
  const merged = attended.transpose([0, 2, 1, 3]).reshape([batch, length, width]);
  const h = add(x, dense(merged, next));
  return add(h, dense(gelu(dense(normalized(h, next), next)), next));
}

/** A convolution without bias, normalized with given statistics. */
function convolved(x: Tensor, strides: number, padding: number, next: Next): Tensor {
  const y = conv2d(x, next(), {
    strides,
    padding: [
      [padding, padding],
      [padding, padding],
    ],
  });
  const [scale, offset, average, variance] = [next(), next(), next(), next()];
  return batchNormalization(y, average, variance, { scale, offset });
}

/** The basic block of ResNet; where extents change, the shortcut is a 1×1 convolution. */
function residual(x: Tensor, filters: number, strides: number, next: Next): Tensor {
  const inner = relu(convolved(x, strides, 1, next));
  const outer = convolved(inner, 1, 1, next);
  const isSame = strides === 1 && x.shape[3] === filters;
  return relu(add(outer, isSame ? x : convolved(x, strides, 0, next)));
}
