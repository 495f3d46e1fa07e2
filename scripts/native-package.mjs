/**
 * Puts the addon that has been built here into the package of this platform, ready to be published.
 *
 *   node scripts/native-package.mjs            packages/backend-native/npm/<platform>
 *   node scripts/native-package.mjs FOLDER     a copy of that package elsewhere
 */
import { resolve } from 'node:path';
import { makePlatformPackage } from './lib/platform-packages.mjs';

const [folder] = process.argv.slice(2);
console.log(makePlatformPackage(folder === undefined ? undefined : resolve(folder)));
