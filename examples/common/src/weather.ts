/** Daily weather of Seattle and New York, 2012 to 2015, as NOAA measured it. */
import { readFile } from 'node:fs/promises';
import { parseCsv } from '@hadal/data/csv';
import type { HostArray } from 'hadal';

/** One station: a value for each of 1,461 days. */
export interface Weather {
  readonly place: string;
  /** Highest temperature of the day, °C. */
  readonly high: Float32Array;
  /** Lowest temperature of the day, °C. */
  readonly low: Float32Array;
  /** Millimetres. */
  readonly rain: Float32Array;
  /** Metres a second. */
  readonly wind: Float32Array;
}

export async function weather(): Promise<readonly Weather[]> {
  const text = await readFile(new URL('../data/weather.csv', import.meta.url), 'utf8');
  const { columns } = parseCsv(text, {
    columns: {
      location: 'string',
      precipitation: 'float32',
      temp_max: 'float32',
      temp_min: 'float32',
      wind: 'float32',
    },
  });
  const places = [...new Set(columns.location)];
  return places.map((place) => {
    const at = ({ data }: HostArray): Float32Array =>
      Float32Array.from(data).filter((_, row) => columns.location[row] === place);
    return {
      place,
      high: at(columns.temp_max),
      low: at(columns.temp_min),
      rain: at(columns.precipitation),
      wind: at(columns.wind),
    };
  });
}
