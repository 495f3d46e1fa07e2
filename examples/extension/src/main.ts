/** Prints what the extensions achieve. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice } from '@hadal/core';
import { forecast } from './forecast';

setDevice(await cpu());
const { coverage, loss, baseline, difference, resumedDifference } = await forecast();
console.log(`pinball loss ${loss.toFixed(4)}, of constant quantiles ${baseline.toFixed(4)}`);
console.log(`${(100 * coverage).toFixed(0)} % of 24 months are within the interval for 80 %`);
console.log(`loaded: differs by ${difference}, after more training by ${resumedDifference}`);
if (loss > 0.5 * baseline || difference !== 0 || resumedDifference !== 0) process.exit(1);
