/** Images with what spoke for the model's answer drawn over them. */
import { toPixels } from '@hadal/data/pixels';
import { gradCam, overlay, sampleOf } from '@hadal/explain';
import type { Sequential } from '@hadal/layers';
import type { Labelled } from './judge';

/** Every pixel of an image becomes a square of this side. */
const SCALE = 4;

/** Drawing all at once would keep the page's thread busy. */
const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Fills a list with one picture for each image.
 *
 * @param list       is emptied first
 * @param images     a few
 * @param classNames name of class 0, of class 1, and so on
 */
export async function showExplanations(
  list: HTMLElement,
  model: Sequential,
  images: Labelled,
  classNames: readonly string[],
): Promise<void> {
  const { heatMaps, targets } = await gradCam(model, images.x, { positiveOnly: false });
  const items: HTMLElement[] = [];
  for (const [index, target] of targets.entries()) {
    await nextFrame();
    const picture = overlay(sampleOf(images.x, index), sampleOf(heatMaps, index), { scale: SCALE });
    const { height, width, data } = picture;
    const canvas = document.createElement('canvas');
    await toPixels({ data, shape: [height, width, 3], dtype: 'uint8' }, canvas);
    const label = images.y.data[index]!;
    const answer = classNames[target] ?? '';
    const words = target === label ? answer : `${answer}, but is: ${classNames[label]}`;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Where the model looked: ${words}`);
    const item = document.createElement('li');
    item.classList.toggle('wrong', target !== label);
    item.append(canvas, words);
    items.push(item);
  }
  list.replaceChildren(...items);
}
