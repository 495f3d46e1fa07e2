/**
 * `@hadal/data/pixels`: images of pages, from canvases, videos and pictures to arrays and back. An entry of its own, because
 * its types are those of the DOM.
 */
export {
  type FromPixelsOptions,
  fromPixels,
  type PixelSource,
  type PixelTarget,
  toPixels,
} from './images/pixels';
