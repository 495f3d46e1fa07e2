/** Runs in a page: images come from everything that shows them, and go to canvases. */
import { interpreter, setDevice, tensor } from '@hadal/core';
import { fromPixels, toPixels } from '@hadal/data/pixels';
import { expectEqual, expectError, lookAt } from './page-facts';

setDevice(interpreter());

/** 2 × 3 pixels: red, green, blue; white, a grey, black. */
const COLOURS = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 100, 100, 100, 0, 0, 0];
const GREYS = [76, 150, 29, 255, 100, 0];
const pixels = new ImageData(3, 2);
for (let pixel = 0; pixel < 6; pixel++)
  pixels.data.set([...COLOURS.slice(pixel * 3, pixel * 3 + 3), 255], pixel * 4);

function canvas(): HTMLCanvasElement {
  const element = document.createElement('canvas');
  [element.width, element.height] = [3, 2];
  element.getContext('2d')!.putImageData(pixels, 0, 0);
  return element;
}

async function picture(): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = canvas().toDataURL('image/png');
  await image.decode();
  return image;
}

function offscreen(): OffscreenCanvas {
  const made = new OffscreenCanvas(3, 2);
  made.getContext('2d')!.putImageData(pixels, 0, 0);
  return made;
}

/** A video of one colour: what a camera gives is a stream as well. */
async function video(): Promise<HTMLVideoElement> {
  const source = document.createElement('canvas');
  [source.width, source.height] = [64, 48];
  const context = source.getContext('2d')!;
  const element = document.createElement('video');
  element.muted = true;
  element.srcObject = source.captureStream(30);
  const loaded = new Promise((resolve) => element.addEventListener('loadeddata', resolve));
  const drawing = setInterval(() => {
    context.fillStyle = 'rgb(200, 40, 90)';
    context.fillRect(0, 0, 64, 48);
  }, 20);
  await element.play();
  await loaded;
  clearInterval(drawing);
  return element;
}

await lookAt({
  'every source of an image gives its pixels': async () => {
    for (const source of [
      pixels,
      canvas(),
      offscreen(),
      await picture(),
      await createImageBitmap(canvas()),
    ]) {
      const { data, shape, dtype } = fromPixels(source);
      expectEqual([[...data], shape, dtype], [COLOURS, [2, 3, 3], 'uint8']);
    }
    const frame = new VideoFrame(canvas(), { timestamp: 0 });
    expectEqual([...fromPixels(frame).data], COLOURS);
    frame.close();
  },

  'a video gives the frame that it shows': async () => {
    const { data, shape } = fromPixels(await video());
    expectEqual(shape, [48, 64, 3]);
    const middle = [...data.slice((24 * 64 + 32) * 3, (24 * 64 + 32) * 3 + 3)];
    // Videos are compressed: colours are near.
    const isNear = middle.every((value, channel) => Math.abs(value - [200, 40, 90][channel]!) < 12);
    if (!isNear) throw new Error(`the middle of the frame is [${middle}]`);
  },

  'one channel is brightness, four have alpha, floats go from 0 to 1': async () => {
    expectEqual([...fromPixels(pixels, { channels: 1 }).data], GREYS);
    const whole = fromPixels(pixels, { channels: 4, dtype: 'float32' });
    expectEqual(
      [whole.shape, whole.dtype, [...whole.data.slice(0, 4)]],
      [[2, 3, 4], 'float32', [1, 0, 0, 1]],
    );
    const half = new ImageData(Uint8ClampedArray.of(10, 20, 30, 128), 1, 1);
    expectEqual([...fromPixels(half, { channels: 4 }).data], [10, 20, 30, 128]);
  },

  'an image is stretched while it is read': async () => {
    const plain = new ImageData(8, 6);
    plain.data.fill(200);
    for (const source of [plain, await createImageBitmap(plain)]) {
      const { data, shape } = fromPixels(source, { channels: 4, size: [3, 4] });
      expectEqual([shape, new Set(data).size], [[3, 4, 4], 1]);
    }
  },

  'what was read comes back when it is drawn, from arrays and from tensors': async () => {
    for (const channels of [3, 4] as const) {
      for (const dtype of ['uint8', 'float32'] as const) {
        const image = fromPixels(pixels, { channels, dtype });
        const target = document.createElement('canvas');
        expectEqual([...(await toPixels(image, target)).data], [...pixels.data]);
        expectEqual([target.width, target.height, [...fromPixels(target).data]], [3, 2, COLOURS]);
        const given = tensor(image.data, { shape: image.shape, dtype });
        expectEqual([...(await toPixels(given, new OffscreenCanvas(1, 1))).data], [...pixels.data]);
      }
    }
    const grey = await toPixels({ data: Float32Array.of(-1, 0.5, 2), shape: [1, 3], dtype: 'float32' });
    expectEqual([...grey.data], [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  },

  'what is no image, or may not be read, is refused with advice': async () => {
    await expectError(
      () => fromPixels(document.createElement('video')),
      /DataError .*no image yet: it has 0 × 0 pixels[\s\S]*loadeddata/,
    );
    await expectError(() => fromPixels(pixels, { size: [0, 3] }), /ArgumentError .*size is \[0, 3\]/);
    const wrong: { readonly channels: 1 } = JSON.parse('{ "channels": 2 }');
    await expectError(() => fromPixels(pixels, wrong), /ArgumentError .*channels is 2; expected 1, 3 or 4/);
    const [two, batch] = [
      [2, 3, 2],
      [1, 2, 3, 3],
    ];
    for (const shape of [two, batch, [3]])
      await expectError(
        () => toPixels({ data: new Uint8Array(shape.reduce((a, b) => a * b)), shape, dtype: 'uint8' }),
        /ShapeError toPixels: an image of shape/,
      );
    const nan = { data: Float32Array.of(0, Number.NaN), shape: [1, 2], dtype: 'float32' } as const;
    await expectError(() => toPixels(nan), /DataError toPixels: element 1 is NaN/);
    const used = document.createElement('canvas');
    used.getContext('bitmaprenderer');
    await expectError(
      () => toPixels(fromPixels(pixels), used),
      /ArgumentError toPixels: the canvas has a context of another kind/,
    );
    const foreign = document.createElement('canvas');
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><foreignObject width="2" height="2"/></svg>';
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    await image.decode();
    foreign.getContext('2d')!.drawImage(image, 0, 0);
    await expectError(
      () => fromPixels(foreign),
      /DataError fromPixels: the pixels may not be read[\s\S]*crossOrigin/,
    );
  },
});
