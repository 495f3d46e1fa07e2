import { packageConfig } from '../../scripts/lib/tsup-config';

export default packageConfig(import.meta.dirname, { apart: true });
