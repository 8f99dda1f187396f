import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toAsyncApi, toEventSchemas } from '@tollgate/contracts';

/** Writes docs/events from the contracts; a test fails while the two differ. */
const folder = join(import.meta.dirname, '../../docs/events');
const files: Record<string, object> = { 'asyncapi.json': toAsyncApi(), ...toEventSchemas() };

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json') && !(file in files))) {
  rmSync(join(folder, name));
}
for (const [name, content] of Object.entries(files)) {
  writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}
console.log(`docs/events: ${Object.keys(files).length} files written`);
