import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';

const FOLDER = new URL('../../assets/shop/', import.meta.url);

const CONTENT_TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
} as const;

/** What the page runs; a name that is not here does not exist, whatever lies in the folder. */
export const SHOP_SCRIPTS = ['amount.js', 'checkout.js', 'sdk.js', 'story.js'] as const;
const FILES = ['shop.html', 'locked.html', 'settings.html', 'shop.css', ...SHOP_SCRIPTS] as const;
export type ShopFile = (typeof FILES)[number];

export interface PageFile {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Only what comes from this server runs, is shown or is asked; no frame may hold the page, no markup is made from text.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** What every file is sent with, beside its type. `same-origin`: without a referrer, browsers hide the origin of a POST. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The shop's files, read once: they are a few kilobytes. */
@Injectable()
export class ShopPages {
  private readonly files = new Map(FILES.map((name) => [name, readFile(name)]));

  get(name: ShopFile): PageFile {
    return this.files.get(name) ?? readFile(name);
  }
}

function readFile(name: ShopFile): PageFile {
  const ending = name.slice(name.indexOf('.') + 1) as keyof typeof CONTENT_TYPES;
  return { contentType: CONTENT_TYPES[ending], text: readFileSync(new URL(name, FOLDER), 'utf8') };
}
