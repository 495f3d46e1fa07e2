/** Arrays whose axes are in another order: ONNX has channels before positions, problems have them last. */

/** @typedef {import('../protocol.mjs').Block} Block */

/** @param {Block} block @param {readonly number[]} order which axis comes where @returns {Block} */
export function transposed({ data, shape }, order) {
  const extents = order.map((axis) => shape[axis] ?? 1);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const steps = order.map((axis) => strides[axis] ?? 1);
  const result = new Float32Array(data.length);
  const position = order.map(() => 0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = data[from] ?? 0;
    // The next position, counting from the last axis on.
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const [step = 0, extent = 1] = [steps[axis], extents[axis]];
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next === extent ? 0 : next;
      from += next === extent ? step * (1 - extent) : step;
      if (next < extent) break;
    }
  }
  return { data: result, shape: extents };
}

/** Images [batch, height, width, channels] as [batch, channels, height, width]. @param {Block} images */
export const channelsFirst = (images) => transposed(images, [0, 3, 1, 2]);

/** A kernel of a convolution [height, width, channels, filters] as [filters, channels, height, width]. @param {Block} kernel */
export const kernelFirst = (kernel) => transposed(kernel, [3, 2, 0, 1]);

/** Positions of values in an array with channels last as those with channels first. @param {readonly number[]} positions @param {readonly number[]} shape channels last */
export function positionsChannelsFirst(positions, [, height = 1, width = 1, channels = 1]) {
  const pixels = height * width;
  return positions.map((at) => {
    const channel = at % channels;
    const pixel = Math.floor(at / channels) % pixels;
    const image = Math.floor(at / (channels * pixels));
    return (image * channels + channel) * pixels + pixel;
  });
}
