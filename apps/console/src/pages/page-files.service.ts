import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { ConfigError } from '@tollgate/platform';

/** Where the build puts the page; the same place seen from the sources and from what is compiled. */
const FOLDER = new URL('../../dist/page/', import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the built page holds in place of the nonce that each answer gets anew. */
const NONCE_MARK = '%NONCE%';
const NONCE_BYTES = 16;

/** What every file is sent with. `same-origin`: without a referrer, browsers hide the origin of a POST. */
const FILE_HEADERS: Readonly<Record<string, string>> = {
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer | string;
  /** The same in gzip, for those who take it. */
  readonly gzipped?: Buffer;
}

/** The built page, read and compressed once: it is a few hundred kilobytes. */
@Injectable()
export class PageFiles {
  private readonly document: string;
  private readonly assets: ReadonlyMap<string, PageFile>;

  /** @throws ConfigError when the page was never built */
  constructor() {
    const document = new URL('index.html', FOLDER);
    if (!existsSync(document)) {
      throw new ConfigError([{ variable: 'The page', problem: 'is not built: run "npm run build" first' }]);
    }
    this.document = readFileSync(document, 'utf8');
    this.assets = new Map(readdirSync(new URL('assets/', FOLDER)).map((name) => [name, readAsset(name)]));
  }

  /** A name that was not built does not exist, whatever lies in the folder. */
  findAsset(name: string): PageFile | undefined {
    return this.assets.get(name);
  }

  /** The document with a nonce of its own, under the policy that names it. */
  openDocument(): PageFile {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return {
      headers: {
        ...FILE_HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': toPolicy(nonce),
      },
      content: this.document.replaceAll(NONCE_MARK, nonce),
    };
  }
}

/**
 * Only what comes from this server runs, is shown or is asked; no frame may hold the page, no markup is made from text.
 * The nonce lets in the one style element that the component library adds (`touch-action` of what can be pressed).
 */
function toPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Its name holds a digest of its content, so it may be kept for ever. */
function readAsset(name: string): PageFile {
  const content = readFileSync(new URL(`assets/${encodeURIComponent(name)}`, FOLDER));
  return {
    headers: {
      ...FILE_HEADERS,
      'content-type': CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    },
    content,
    gzipped: gzipSync(content, { level: 9 }),
  };
}
