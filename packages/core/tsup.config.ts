import { packageConfig } from '../../scripts/lib/tsup-config';

export default packageConfig(import.meta.dirname, {
  early: 'runtime',
  apart: true,
  shared: ['errors', 'graph/state'],
});
