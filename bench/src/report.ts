/**
 * The result as people read it: one markdown table for each workload, with ratios.
 */
import { mostMovement } from './calm';
import type { Measurement, WorkloadResult } from './measure';
import { uniforms } from './problems/random';
import { digits, type Ratio, ratioOfMedians } from './statistics';

/** Bootstrap intervals are the same whenever they are computed. */
const bootstrapSeed = 7;

export interface RatioRow extends Ratio {
  readonly own: string;
  readonly peer: string;
}

/** The names of the fastest setting of every group. */
export function bestSettings(measurements: readonly Measurement[]): ReadonlySet<string> {
  const best = new Map<string, Measurement>();
  for (const each of measurements) {
    if (each.median === undefined) continue;
    const other = best.get(each.group);
    if (other?.median === undefined || each.median > other.median) best.set(each.group, each);
  }
  return new Set([...best.values()].map(({ contestant }) => contestant));
}

/** How many times as fast each of Hadal's devices is as every peer in its best setting. */
export function ratiosOf(measurements: readonly Measurement[]): RatioRow[] {
  const best = bestSettings(measurements);
  const peers = measurements.filter(({ contestant, isOwn }) => !isOwn && best.has(contestant));
  return measurements
    .filter(({ isOwn, median }) => isOwn && median !== undefined)
    .flatMap((own) =>
      peers.flatMap((peer): RatioRow[] => {
        const pairs = own.rounds.flatMap((ours, i): (readonly [number, number])[] => {
          const theirs = peer.rounds[i];
          return ours === undefined || theirs === undefined ? [] : [[ours, theirs]];
        });
        if (pairs.length === 0) return [];
        const ratio = ratioOfMedians(pairs, uniforms(bootstrapSeed));
        return [{ own: own.contestant, peer: peer.contestant, ...ratio }];
      }),
    );
}

const formatRatio = ({ value, low, high }: Ratio): string =>
  `×${digits(value)} [${digits(low)} … ${digits(high)}]`;

const formatLosses = ({ losses }: Measurement): string =>
  losses ? `${losses.first.toPrecision(6)} → ${losses.last.toPrecision(6)} (${losses.steps} steps)` : '';

/** A text as a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A markdown table whose columns are also aligned for people. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map(cell));
  const widths = header.map((_, i) => Math.max(3, ...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = all;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/** The heading, the table and what is to be known of the rounds. */
export function section(result: WorkloadResult): string {
  const { id, workload, unit, measurements, discardedRounds, disturbedRounds } = result;
  const best = bestSettings(measurements);
  const ratios = ratiosOf(measurements);
  const owns = measurements.filter(({ isOwn, median }) => isOwn && median !== undefined);
  const hasLosses = measurements.some(({ losses }) => losses !== undefined);
  const header = [
    'contestant',
    unit,
    'rounds',
    ...owns.map(({ contestant }) => `${contestant} is`),
    ...(hasLosses ? ['loss'] : []),
  ];
  const rows = measurements.map((each) => {
    const { contestant, isOwn, median, rounds, reason } = each;
    if (median === undefined) return [contestant, '–', reason ?? ''];
    const taken = rounds.filter((rate) => rate !== undefined);
    return [
      !isOwn && best.has(contestant) ? `**${contestant}**` : contestant,
      digits(median),
      `${digits(Math.min(...taken))} … ${digits(Math.max(...taken))} (${taken.length})`,
      ...owns.map(({ contestant: own }) => {
        const ratio = ratios.find((row) => row.own === own && row.peer === contestant);
        return ratio ? formatRatio(ratio) : '';
      }),
      ...(hasLosses ? [formatLosses(each)] : []),
    ];
  });
  const bound = `${mostMovement * 100} %`;
  const notes = [
    ...(discardedRounds
      ? [`${discardedRounds} rounds thrown away, the machine moved by over ${bound}.`]
      : []),
    ...(disturbedRounds
      ? [`The machine was not calm: ${disturbedRounds} of the rounds that count moved by over ${bound}.`]
      : []),
  ];
  return [
    `## ${id}: ${workload}`,
    '',
    markdownTable(header, rows),
    ...notes.flatMap((note) => ['', note]),
  ].join('\n');
}
