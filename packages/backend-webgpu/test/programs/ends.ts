/** Programs that end, or leave, while the WebGPU device has work. Run by ends.test.ts. */
import { matmul, ones, setDevice } from '@hadal/core';
import { offerSwiftShader } from '../../../../scripts/lib/swiftshader.mjs';
import { webgpu } from '../../src/index';

offerSwiftShader();
const device = await webgpu();
setDevice(device);

const work = () => matmul(ones([256, 256]), ones([256, 256])).sum();

switch (process.argv[2]) {
  case 'exit':
    void work().data();
    console.log('exiting');
    process.exit(0);
    break;
  case 'end':
    void work().data();
    console.log('ending');
    break;
  case 'idle':
    console.log('idle', await work().item());
    break;
  case 'closed':
    await work().data();
    await device.close();
    console.log('closed');
}
