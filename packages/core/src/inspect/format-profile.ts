/** A profile as a table. */
import { formatBytes, shortened } from './format';
import type { Profile, ProfileEntry } from './profile';

/** Names longer than this are cut in the table. */
const MOST_NAME = 64;

const HEAD = ['share', 'ms', 'least ms', 'calls', 'Mflop', 'moved', 'Gflop/s', 'GB/s', 'kind', 'name'];

/**
 * A profile as text: one line for each entry, the slowest first, and the sums below.
 *
 * @example
 * console.log(formatProfile(await profile(ones([64, 64]).matmul(ones([64, 64])), { runs: 3 })));
 */
export function formatProfile({
  devices,
  runs,
  entries,
  medianMs,
  minMs,
  flops,
  bytes,
  arenaBytes,
}: Profile): string {
  const rows = [HEAD, ...[...entries].sort((a, b) => b.medianMs - a.medianMs).map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column < HEAD.length - 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [
    `${devices.join(', ')}: ${medianMs.toFixed(3)} ms in dispatches (least ${minMs.toFixed(3)}), ${runs} runs`,
    ...lines,
    `${(flops / 1e6).toFixed(3)} Mflop, ${formatBytes(bytes)} moved, arena ${formatBytes(arenaBytes)}`,
    '',
  ].join('\n');
}

function row(entry: ProfileEntry): string[] {
  const { share, medianMs, minMs, calls, flops, bytes, gflopsPerSecond, gigabytesPerSecond, kind, name } =
    entry;
  return [
    `${(share * 100).toFixed(1)} %`,
    medianMs.toFixed(3),
    minMs.toFixed(3),
    String(calls),
    (flops / 1e6).toFixed(3),
    formatBytes(bytes),
    gflopsPerSecond.toFixed(2),
    gigabytesPerSecond.toFixed(2),
    kind,
    shortened(name, MOST_NAME),
  ];
}
