/** Loads what a backend waits for when a kernel with a rare operation is prepared. */
import { loadRare } from '../../src/emit/index';

export const loadAllOperations = async (): Promise<void> => {
  await loadRare([{ op: 'sin', to: 1, type: 'f32', from: 'f32', operands: [0] }]);
};
