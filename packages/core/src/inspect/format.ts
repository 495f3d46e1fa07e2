/** Amounts and texts as people read them. */

/** Bytes with a unit of 1024 and three digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 ? 0 : amount < 10 ? 2 : amount < 100 ? 1 : 0;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

/** Text cut to a number of characters. */
export const shortened = (content: string, most: number): string =>
  content.length <= most ? content : `${content.slice(0, most - 1)}…`;

/** Text without line breaks. */
export const oneLine = (content: string): string => content.replace(/\s+/g, ' ');
