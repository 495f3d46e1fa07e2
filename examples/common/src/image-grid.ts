/** Many small images as one PNG file, row by row. */
import { encodePng, enlarge, toPicture } from '@hadal/explain';
import type { HostArray } from 'hadal';

/** White space between images, in pixels of theirs. */
const GAP = 2;
const WHITE = 255;

export interface GridOptions {
  readonly columns: number;
  /** How many times larger than the images (default 2). */
  readonly scale?: number;
}

/**
 * @param images [height, width, 1] or [height, width, 3] each, floats from 0 to 1
 * @returns the bytes of a PNG file
 */
export function imageGrid(images: readonly HostArray[], { columns, scale = 2 }: GridOptions): Uint8Array {
  const pictures = images.map((image) => toPicture(image));
  const { width = 1, height = 1 } = pictures[0] ?? {};
  const rows = Math.ceil(images.length / columns);
  const whole = { width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP };
  const data = new Uint8Array(3 * whole.width * whole.height).fill(WHITE);
  for (const [i, picture] of pictures.entries()) {
    const left = (i % columns) * (width + GAP);
    const top = Math.floor(i / columns) * (height + GAP);
    for (let y = 0; y < height; y++) {
      const row = picture.data.subarray(3 * y * width, 3 * (y + 1) * width);
      data.set(row, 3 * ((top + y) * whole.width + left));
    }
  }
  return encodePng(enlarge({ ...whole, data }, scale));
}
