import { testForced } from './support/forced';

await testForced('avx512bf16');
