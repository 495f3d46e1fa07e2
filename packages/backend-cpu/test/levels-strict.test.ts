import { testForced } from './support/forced';

testForced('strict');
