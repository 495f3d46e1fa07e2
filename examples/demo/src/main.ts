/**
 * `npm run demo`: reads the command line, runs the demo, and says in one sentence what went wrong if something did.
 */
import { HadalError } from '@hadal/core';
import { main } from './demo';
import { HELP, readOptions, UsageError } from './options';

async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const { result, server } = await main(options);
  if (server !== undefined) {
    console.log(`Serving ${server.url}/v2/models/${server.model.name} until Ctrl+C.`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await server.close();
  }
  if (options.json) console.log(JSON.stringify(result));
}

run().catch((error: unknown) => {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  const expected = error instanceof UsageError || error instanceof HadalError;
  console.error(expected ? error.message : error);
});
