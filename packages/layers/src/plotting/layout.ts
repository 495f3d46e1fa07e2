/**
 * Where the boxes of a graph go: in rows by their distance from the beginning, each row in an order with few crossings,
 * and as straight below what comes before as their neighbours allow. Lines that pass rows have a place of their own in
 * each, so that they never run through a box.
 *
 * Source: Sugiyama et al., "Methods for Visual Understanding of Hierarchical System Structures" (1981); places along a row
 * are the isotonic regression of the wanted ones.
 */

/** A box to be placed. */
export interface Box {
  readonly width: number;
  /** Positions in the list of boxes that lines come from; all of them before this one. */
  readonly from: readonly number[];
}

export interface Point {
  readonly x: number;
  readonly row: number;
}

export interface Layout {
  /** The centre of each box, and its row. */
  readonly boxes: readonly Point[];
  /** Every line, from box to box, with the places where it passes rows. */
  readonly lines: readonly (readonly Point[])[];
  readonly width: number;
  readonly rows: number;
}

/** What stands in a row: a box, or the place of a line that passes. */
interface Item {
  readonly width: number;
  readonly row: number;
  readonly above: Item[];
  readonly below: Item[];
  x: number;
}

const GAP = 24;
/** Width of what a passing line needs. */
const PASSAGE = 8;
/** Times that rows are put in order and moved, downwards and upwards. */
const SWEEPS = 8;

const mean = (items: readonly Item[]): number => items.reduce((sum, { x }) => sum + x, 0) / items.length;

/** Places of items that keep their order and distances, and are least squares away from the places wanted. */
function spread(row: readonly Item[], wanted: readonly number[]): void {
  let offset = 0;
  const offsets = row.map((item, index) => {
    const before = row[index - 1];
    offset += before === undefined ? 0 : (before.width + item.width) / 2 + GAP;
    return offset;
  });
  const blocks: { sum: number; count: number }[] = [];
  for (const [index, place] of wanted.entries()) {
    let block = { sum: place - offsets[index]!, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  let index = 0;
  for (const { sum, count } of blocks) {
    for (let member = 0; member < count; member++, index++) row[index]!.x = sum / count + offsets[index]!;
  }
}

/** Puts every row in the order of its neighbours on one side, then as near to them as possible. */
function sweep(rows: readonly Item[][], side: 'above' | 'below'): void {
  for (const row of side === 'above' ? rows : [...rows].reverse()) {
    const wanted = new Map(row.map((item) => [item, item[side].length === 0 ? item.x : mean(item[side])]));
    row.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    spread(
      row,
      row.map((item) => wanted.get(item)!),
    );
  }
}

/** Lays out boxes of which every one comes after those it is connected from. */
export function layOut(boxes: readonly Box[]): Layout {
  const ranks: number[] = [];
  for (const { from } of boxes) ranks.push(Math.max(-1, ...from.map((source) => ranks[source]!)) + 1);
  const rows: Item[][] = Array.from({ length: Math.max(0, ...ranks.map((rank) => rank + 1)) }, () => []);
  const place = (width: number, row: number): Item => {
    const item: Item = { width, row, above: [], below: [], x: rows[row]!.length };
    rows[row]!.push(item);
    return item;
  };
  const items = boxes.map(({ width }, index) => place(width, ranks[index]!));
  const lines = boxes.flatMap(({ from }, index) =>
    from.map((source) => {
      const passed = Array.from({ length: ranks[index]! - ranks[source]! - 1 }, (_, step) =>
        place(PASSAGE, ranks[source]! + 1 + step),
      );
      const line = [items[source]!, ...passed, items[index]!];
      for (const [step, item] of line.slice(1).entries()) {
        item.above.push(line[step]!);
        line[step]!.below.push(item);
      }
      return line;
    }),
  );
  for (const row of rows)
    spread(
      row,
      row.map(({ x }) => x),
    );
  for (let time = 0; time < SWEEPS; time++) sweep(rows, time % 2 === 0 ? 'above' : 'below');
  const all = rows.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2));
  const point = ({ x, row }: Item): Point => ({ x: x - left, row });
  return {
    boxes: items.map(point),
    lines: lines.map((line) => line.map(point)),
    width: Math.max(0, ...all.map(({ x, width }) => x + width / 2)) - left,
    rows: rows.length,
  };
}
