/** Asks twice for the best device, trains on it and prints one line: which it is, why, and what was learned. */
import { adam, best, dense, sequential, setDevice, setSeed } from 'hadal';

await (await best()).close();
const device = await best();
setDevice(device);
setSeed(1);

const model = sequential([
  dense(16, { activation: 'tanh', inputShape: [2] }),
  dense(1, { activation: 'sigmoid' }),
]);
model.compile({ optimizer: adam(0.1), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = [0, 1, 1, 0];
await model.fit(x, y, { epochs: 80, verbose: 0 });
const { accuracy } = await model.evaluate(x, y, { verbose: 0 });
console.log(JSON.stringify({ name: device.name, reason: device.reason, accuracy }));
