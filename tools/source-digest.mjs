// Tells whether what something is made of has changed. Plain JavaScript, as all of the bootstrap.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Digest of files, by their names and what they hold.
 * @param {string} root what the names are relative to
 * @param {readonly string[]} files absolute, in an order that does not change
 */
export function digestFiles(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
