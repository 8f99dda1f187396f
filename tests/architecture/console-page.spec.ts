import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { REPOSITORY } from './source-files.ts';

const BUILT = join(REPOSITORY, 'apps/console/dist/page');
/** What a browser has to load before the console shows anything. Bytes, gzipped. */
const FIRST_LOAD_MAX = 300_000;

const document = readFileSync(join(BUILT, 'index.html'), 'utf8');
const assets = readdirSync(join(BUILT, 'assets')).map((name) => ({
  name,
  content: readFileSync(join(BUILT, 'assets', name)),
}));

describe("the console's page as it was built", () => {
  it('is at most 300 kB gzipped, all files together', () => {
    const sizes = [Buffer.from(document), ...assets.map(({ content }) => content)].map(
      (content) => gzipSync(content).length,
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_MAX);
  });

  it('names files of its own server alone, and holds no script or style within the document', () => {
    const addresses = [...document.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(1);
    expect(addresses.filter((address) => !/^\/assets\/[\w.-]+$/.test(address ?? ''))).toEqual([]);
    expect(document).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
  });

  it('has the place for the nonce that each answer gets anew', () => {
    expect(document).toContain('nonce="%NONCE%"');
  });
});
