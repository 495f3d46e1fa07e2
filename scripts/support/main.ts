/** Computes the support page and writes it to the file that is given. */
import { writeFileSync } from 'node:fs';
import { DTYPES } from '@hadal/core';
import { devices, supportOf } from './classify';
import { supportedOperations } from './operations';
import { cellOf, supportPage } from './page';

const [target = ''] = process.argv.slice(2);
const tested = await devices();
const topics = supportedOperations();
const cells = new Map<string, string>();
for (const { title, names } of topics) {
  console.log(title);
  for (const name of names) {
    for (const dtype of DTYPES) cells.set(`${name} ${dtype}`, cellOf(await supportOf(tested, name, dtype)));
  }
}
writeFileSync(
  target,
  supportPage(topics, (name, dtype) => cells.get(`${name} ${dtype}`) ?? ''),
);
