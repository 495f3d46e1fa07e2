/**
 * The tables of docs/performance.md, from what benchmark runs have measured: a table for each run, a row for each
 * workload, and how many times as fast each of Hadal's devices is as every peer in its best setting.
 */

/**
 * @typedef {object} Ratio
 * @property {string} own
 * @property {string} peer
 * @property {number} value of the medians
 * @property {number} low   of the 90 % interval
 * @property {number} high
 *
 * @typedef {object} Run what bench/src/main.ts writes, as far as it is read here
 * @property {string} date
 * @property {{ cpu: string, cores: number, node: string, adapter?: string }} machine with the adapter of WebGPU, where one computed
 * @property {number} threads
 * @property {readonly {
 *   id: string,
 *   workload: string,
 *   unit: string,
 *   disturbedRounds: number,
 *   measurements: readonly { contestant: string, group: string, isOwn: boolean, median?: number, reason?: string }[]
 * }[]} results
 * @property {readonly { id: string, workload: string, ratios: readonly Ratio[] }[]} ratios
 */

const begin = '<!-- begin of the figures: node scripts/performance-page.mjs -->';
const end = '<!-- end of the figures -->';

/** @param {number} value @returns {string} with three digits that count */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** @param {readonly string[]} cells */
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** @param {readonly string[]} names @returns {string[]} each once, in the order in which they come */
const distinct = (names) => [...new Set(names)];

/** @param {Run} run @returns {string} */
function table({ date, machine, threads, results, ratios }) {
  const measurements = results.flatMap((each) => each.measurements);
  const owns = distinct(measurements.filter(({ isOwn }) => isOwn).map(({ contestant }) => contestant));
  const groups = distinct(measurements.filter(({ isOwn }) => !isOwn).map(({ group }) => group));
  const groupOf = new Map(measurements.map(({ contestant, group }) => [contestant, group]));
  const columns = owns.flatMap((own) => [
    { head: own, own, group: undefined },
    ...groups.map((group) => ({ head: `× ${group}`, own, group })),
  ]);
  const rows = results.map(({ workload, id, unit, disturbedRounds, measurements: measured }) => {
    const found = ratios.find((each) => each.workload === workload)?.ratios ?? [];
    const cells = columns.map(({ own, group }) => {
      const mine = measured.find(({ contestant }) => contestant === own);
      if (group === undefined) return mine?.median === undefined ? '–' : `${digits(mine.median)} ${unit}`;
      const ratio = found.find((each) => each.own === own && groupOf.get(each.peer) === group);
      return ratio ? `${digits(ratio.value)} [${digits(ratio.low)} … ${digits(ratio.high)}]` : '–';
    });
    return row([id, `${workload}${disturbedRounds > 0 ? ' *' : ''}`, ...cells]);
  });
  const header = ['', 'workload', ...columns.map(({ head }) => head)];
  const isDisturbed = results.some(({ disturbedRounds }) => disturbedRounds > 0);
  return [
    `### ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    '',
    `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}${machine.adapter ? `, WebGPU on ${machine.adapter}` : ''}.`,
    '',
    row(header),
    row(header.map(() => '---')),
    ...rows,
    ...(isDisturbed ? ['', '\\* The machine was not calm in some of the rounds.'] : []),
  ].join('\n');
}

/** @param {readonly Run[]} runs @returns {string} */
export const performanceTables = (runs) => runs.map(table).join('\n\n');

/**
 * @param {string} page which marks where the figures are
 * @param {string} tables
 * @returns {string} the page with these figures instead of those before
 */
export function withTables(page, tables) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no line "${begin}" before "${end}".`);
  return `${page.slice(0, from + begin.length)}\n\n${tables}\n\n${page.slice(to)}`;
}
