/** The layers of the problems. */
import { backend, tf } from './engine.mjs';

/**
 * @typedef {() => any} Next takes the next parameter
 * @typedef {import('../protocol.mjs').LayerSpec} LayerSpec
 */

/** @param {any} x @param {Next} next */
const dense = (x, next) => tf.add(tf.matMul(x, next()), next());

/** A product with a matrix takes two axes, so that leading ones are joined for it. @param {any} x @param {Next} next */
function denseOfRows(x, next) {
  const leading = x.shape.slice(0, -1);
  return tf.reshape(dense(tf.reshape(x, [-1, x.shape.at(-1)]), next), [...leading, -1]);
}

/** @param {any} x @param {Next} next */
function normalized(x, next) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(next()).add(next());
}

/**
 * Rows of a table. The gradient of a gather is a sum that the wasm backend does not have, a product with the one-hot rows
 * of the indices has one.
 *
 * @param {any} table @param {any} indices @param {boolean} trains
 */
function embedded(table, indices, trains) {
  if (!trains || backend !== 'wasm') return tf.gather(table, indices);
  const [vocabulary, width] = table.shape;
  const hot = tf.cast(tf.oneHot(tf.reshape(indices, [-1]), vocabulary), 'float32');
  return tf.reshape(tf.matMul(hot, table), [...indices.shape, width]);
}

/** @param {any} x [batch, length, features] @param {number} units @param {Next} next */
function lstm(x, units, next) {
  const [batch, length, features] = x.shape;
  const inputs = tf.matMul(tf.reshape(x, [batch * length, features]), next());
  const recurrent = next();
  const bias = next();
  let hidden = tf.zeros([batch, units]);
  let cell = hidden;
  for (const slice of tf.unstack(tf.reshape(inputs, [batch, length, 4 * units]), 1)) {
    const [i, f, g, o] = tf.split(slice.add(tf.matMul(hidden, recurrent)).add(bias), 4, 1);
    cell = tf
      .sigmoid(f)
      .mul(cell)
      .add(tf.sigmoid(i).mul(tf.tanh(g)));
    hidden = tf.sigmoid(o).mul(tf.tanh(cell));
  }
  return hidden;
}

/** What is added to the scores, so that no position attends to a later one. @param {number} length */
const causal = (length) =>
  tf.tensor(
    Float32Array.from({ length: length * length }, (_, at) =>
      at % length > Math.floor(at / length) ? -1e9 : 0,
    ),
    [length, length],
  );

/** @param {any} x @param {number} heads @param {Next} next */
function attended(x, heads, next) {
  const [batch, length, width] = x.shape;
  const joined = tf.reshape(denseOfRows(x, next), [batch, length, 3, heads, width / heads]);
  const [query, key, value] = tf.unstack(tf.transpose(joined, [2, 0, 3, 1, 4]));
  const scores = tf.matMul(query, key, false, true).mul(1 / Math.sqrt(width / heads));
  const attention = tf.softmax(scores.add(causal(length)));
  const merged = tf.transpose(tf.matMul(attention, value), [0, 2, 1, 3]);
  return denseOfRows(tf.reshape(merged, [batch, length, width]), next);
}

/** @param {any} x */
const gelu = (x) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));

/** @param {any} x @param {number} heads @param {Next} next */
function decoder(x, heads, next) {
  const inner = x.add(attended(normalized(x, next), heads, next));
  return inner.add(denseOfRows(gelu(denseOfRows(normalized(inner, next), next)), next));
}

/** @param {any} x @param {number} strides @param {number} padding @param {Next} next */
function convolved(x, strides, padding, next) {
  const y = tf.conv2d(x, next(), strides, padding);
  const [scale, offset, mean, variance] = [next(), next(), next(), next()];
  return tf.batchNorm(y, mean, variance, offset, scale, 1e-5);
}

/** @param {any} x @param {number} filters @param {number} strides @param {Next} next */
function residual(x, filters, strides, next) {
  const outer = convolved(tf.relu(convolved(x, strides, 1, next)), 1, 1, next);
  const isSame = strides === 1 && x.shape[3] === filters;
  return tf.relu(outer.add(isSame ? x : convolved(x, strides, 0, next)));
}

/** @param {LayerSpec} layer @param {any} x @param {Next} next @param {boolean} trains */
function apply(layer, x, next, trains) {
  switch (layer.kind) {
    case 'conv':
      return tf.relu(tf.add(tf.conv2d(x, next(), 1, 'valid'), next()));
    case 'pool':
      return tf.maxPool(x, layer.window, layer.window, 'valid');
    case 'flatten':
      return tf.reshape(x, [x.shape[0], -1]);
    case 'dense': {
      const y = x.rank === 2 ? dense(x, next) : denseOfRows(x, next);
      return layer.relu ? tf.relu(y) : y;
    }
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
      return tf.maxPool(tf.relu(convolved(x, 2, 3, next)), 3, 2, 1);
    case 'residual':
      return residual(x, layer.filters, layer.strides, next);
    case 'averagePool':
      return tf.mean(x, [1, 2]);
  }
}

/**
 * The result of a network.
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
