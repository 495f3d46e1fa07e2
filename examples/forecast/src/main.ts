/**
 * Command line: `tsx examples/forecast/src/main.ts [--epochs N] [--steps N] [--picture FILE.svg]`.
 */
import { commandLine } from '../../common/src/command-line';
import { lineChart } from '../../common/src/line-chart';
import { main } from './forecast';

/** A summer of the year that was not seen. */
const SHOWN = [150, 240] as const;

const { options, picture } = commandLine();
const { error, naive, forecast, measured } = await main(options);
await picture(() =>
  lineChart({
    title: 'Highest temperature in Seattle, a day ahead',
    x: 'day of 2015',
    y: '°C',
    lines: [
      { name: 'measured', values: measured.slice(...SHOWN) },
      { name: 'forecast', values: forecast.slice(...SHOWN) },
    ].map((line) => ({ ...line, at: line.values.map((_, i) => SHOWN[0] + i) })),
  }),
);
console.log(`unseen year: off by ${error.toFixed(2)} °C, staying as it is by ${naive.toFixed(2)} °C`);
