/**
 * Colour maps: how a number becomes a colour.
 *
 * The sequential maps rise evenly in lightness, so that equal steps of a value look like equal steps and a print in
 * grey still tells more from less; the diverging one is neutral at zero. Each is given by a few colours of the published
 * map (viridis and inferno of Matplotlib, RdBu of ColorBrewer), between which colours are interpolated.
 */
import { ArgumentError } from '@hadal/core';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

export type ColorMapName = 'viridis' | 'inferno' | 'blueRed';

const STOPS: Record<ColorMapName, readonly string[]> = {
  viridis: [
    '440154',
    '482878',
    '3e4989',
    '31688e',
    '26828e',
    '1f9e89',
    '35b779',
    '6ece58',
    'b5de2b',
    'fde725',
  ],
  inferno: [
    '000004',
    '1b0c41',
    '4a0c6b',
    '781c6d',
    'a52c60',
    'cf4446',
    'ed6925',
    'fb9b06',
    'f7d13d',
    'fcffa4',
  ],
  blueRed: ['2166ac', '4393c3', '92c5de', 'd1e5f0', 'f7f7f7', 'fddbc7', 'f4a582', 'd6604d', 'b2182b'],
};

const channel = (stop: string, index: number): number =>
  Number.parseInt(stop.slice(index * 2, index * 2 + 2), 16);

/**
 * The colour of `position` in a map.
 *
 * @param map      the map's name
 * @param position from 0 (first colour) to 1 (last colour); values outside are clipped
 * @throws {ArgumentError} for an unknown map or a position that is not a number
 * @example
 * colorAt('blueRed', 0.5); // [247, 247, 247]
 */
export function colorAt(map: ColorMapName, position: number): Color {
  const stops = STOPS[map];
  if (stops === undefined) {
    throw new ArgumentError(
      'colorAt',
      `unknown colour map ${map}; expected ${Object.keys(STOPS).join(', ')}.`,
    );
  }
  if (Number.isNaN(position))
    throw new ArgumentError('colorAt', 'the position is NaN; expected a number from 0 to 1.');
  const place = Math.min(1, Math.max(0, position)) * (stops.length - 1);
  const before = Math.min(Math.floor(place), stops.length - 2);
  const share = place - before;
  const mix = (index: number): number =>
    Math.round((1 - share) * channel(stops[before]!, index) + share * channel(stops[before + 1]!, index));
  return [mix(0), mix(1), mix(2)];
}

/** The map as a CSS gradient from left to right, for legends. */
export function cssGradient(map: ColorMapName): string {
  return `linear-gradient(to right, ${STOPS[map].map((stop) => `#${stop}`).join(', ')})`;
}
