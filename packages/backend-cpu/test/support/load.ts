/** Loads what a backend waits for when it prepares a kernel with a rare operation, a small loop or float64. */
import { loadDoubles } from '../../src/emit/doubles';
import { loadRare, loadUnroller } from '../../src/emit/index';

export const loadAllOperations = async (): Promise<void> => {
  await loadRare([{ op: 'sin', to: 1, type: 'f32', from: 'f32', operands: [0] }]);
  await loadUnroller();
  await loadDoubles();
};
