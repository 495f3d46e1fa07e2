import { testForced } from './support/forced';

await testForced('avx512', 1);
