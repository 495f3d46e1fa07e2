import { testForced } from './support/forced';

await testForced('portable');
