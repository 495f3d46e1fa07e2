/** The layers of the problems, images channels first. Whatever is given to an operation is consumed by it. */
import { lax, nn, numpy as np } from '@jax-js/jax';

/**
 * @typedef {() => any} Next takes the next parameter
 * @typedef {import('../protocol.mjs').LayerSpec} LayerSpec
 */

/** @param {any} x @param {Next} next */
const dense = (x, next) => np.matmul(x, next()).add(next());

/** @param {any} x @param {Next} next */
const normalized = (x, next) => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(next()).add(next());

/** Rows of a table. Gathers have no gradient, products with the one-hot rows of the indices have. @param {any} table @param {any} indices @param {boolean} trains */
function embedded(table, indices, trains) {
  if (!trains) return np.take(table, indices, 0);
  return np.matmul(nn.oneHot(indices, table.shape[0]), table);
}

/** @param {any} x [batch, length, features] @param {number} units @param {Next} next */
function lstm(x, units, next) {
  const [batch, length] = x.shape;
  const inputs = np.matmul(x, next());
  const recurrent = next();
  const bias = next();
  let hidden = np.zeros([batch, units]);
  let cell = np.zeros([batch, units]);
  for (const slice of np.split(inputs, length, 1)) {
    const gates = slice
      .reshape([batch, 4 * units])
      .add(np.matmul(hidden, recurrent.ref))
      .add(bias.ref);
    const [i, f, g, o] = np.split(gates, 4, 1);
    if (!i || !f || !g || !o) throw new Error('A split in four gives four.');
    cell = nn
      .sigmoid(f)
      .mul(cell)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    hidden = nn.sigmoid(o).mul(np.tanh(cell.ref));
  }
  recurrent.dispose();
  bias.dispose();
  cell.dispose();
  return hidden;
}

/** Its own attention needs iterator helpers, which Node has from 22. @param {any} x @param {number} heads @param {Next} next */
function attended(x, heads, next) {
  const [batch, length, width] = x.shape;
  const joined = dense(x, next).reshape([batch, length, 3, heads, width / heads]);
  const parts = np.split(np.transpose(joined, [2, 0, 3, 1, 4]), 3);
  const [query, key, value] = parts.map((part) => part.reshape([batch, heads, length, width / heads]));
  if (!query || !key || !value) throw new Error('A split in three gives three.');
  const scores = np.matmul(query, np.transpose(key, [0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads));
  const seen = np.where(np.tri(length, length, 0, { dtype: np.bool }), scores, -1e9);
  const merged = np.transpose(np.matmul(nn.softmax(seen, -1), value), [0, 2, 1, 3]);
  return dense(merged.reshape([batch, length, width]), next);
}

/** @param {any} x @param {number} heads @param {Next} next */
function decoder(x, heads, next) {
  const inner = x.ref.add(attended(normalized(x, next), heads, next));
  const hidden = nn.gelu(dense(normalized(inner.ref, next), next), { approximate: false });
  return inner.add(dense(hidden, next));
}

/** What every channel of an image has one of. @param {any} x [channels] */
const perChannel = (x) => x.reshape([1, -1, 1, 1]);

/** @param {any} x @param {number} strides @param {number} padding @param {Next} next */
function convolved(x, strides, padding, next) {
  const y = lax.conv(
    x,
    next(),
    [strides, strides],
    [
      [padding, padding],
      [padding, padding],
    ],
  );
  const [scale, offset, mean, variance] = [next(), next(), next(), next()];
  const factor = scale.div(np.sqrt(variance.add(1e-5)));
  return y.mul(perChannel(factor.ref)).add(perChannel(offset.sub(mean.mul(factor))));
}

/** @param {any} x @param {number} filters @param {number} strides @param {Next} next */
function residual(x, filters, strides, next) {
  const isSame = strides === 1 && x.shape[1] === filters;
  const outer = convolved(nn.relu(convolved(x.ref, strides, 1, next)), 1, 1, next);
  return nn.relu(outer.add(isSame ? x : convolved(x, strides, 0, next)));
}

/** @param {any} x @param {number} window @param {number} strides */
const maxPool = (x, window, strides) => lax.reduceWindow(x, np.max, [window, window], [strides, strides]);

/** What is padded does not count: no value is below 0. @param {any} x */
const paddedByOne = (x) =>
  np.pad(x, [
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ]);

/** @param {LayerSpec} layer @param {any} x @param {Next} next @param {boolean} trains */
function apply(layer, x, next, trains) {
  switch (layer.kind) {
    case 'conv':
      return nn.relu(lax.conv(x, next(), [1, 1], 'VALID').add(perChannel(next())));
    case 'pool':
      return maxPool(x, layer.window, layer.window);
    case 'flatten': {
      const [batch] = x.shape;
      return np.transpose(x, [0, 2, 3, 1]).reshape([batch, -1]);
    }
    case 'dense':
      return layer.relu ? nn.relu(dense(x, next)) : dense(x, next);
    case 'embedding':
      return embedded(next(), x, trains);
    case 'lstm':
      return lstm(x, layer.units, next);
    case 'positions':
      return x.add(next());
    case 'decoder':
      return decoder(x, layer.heads, next);
    case 'layerNorm':
      return normalized(x, next);
    case 'stem':
      return maxPool(paddedByOne(nn.relu(convolved(x, 2, 3, next))), 3, 2);
    case 'residual':
      return residual(x, layer.filters, layer.strides, next);
    case 'averagePool':
      return np.mean(x, [2, 3]);
  }
}

/**
 * The result of a network; consumes the weights and the input.
 *
 * @param {import('../protocol.mjs').Network} spec
 * @param {any[]} weights
 * @param {any} input
 * @param {boolean} trains whether gradients are taken of it
 */
export function forward(spec, weights, input, trains) {
  let at = 0;
  const next = () => weights[at++];
  return spec.layers.reduce((x, layer) => apply(layer, x, next, trains), input);
}
