import { testForced } from './support/forced';

testForced('relaxed');
