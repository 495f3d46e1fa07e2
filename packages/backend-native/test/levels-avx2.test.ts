import { testForced } from './support/forced';

await testForced('avx2');
