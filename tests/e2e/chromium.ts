import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** What the browser's command is called, by who packages it. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Starts the machine's own Chromium, without a window: the one that CHROMIUM_PATH names, else the first in the PATH.
 * @throws Error naming what to install when there is none
 */
export async function launchChromium(): Promise<Browser> {
  // Its own sandbox needs user namespaces, which containers do not have; it opens no page but ours.
  return chromium.launch({ executablePath: findChromium(process.env), chromiumSandbox: false });
}

function findChromium({ CHROMIUM_PATH, PATH = '' }: NodeJS.ProcessEnv): string {
  const found = CHROMIUM_PATH || findInPath(PATH.split(delimiter));
  if (found !== undefined) return found;
  throw new Error(
    'The page of the shop is tested in a real browser, and there is no Chromium here: install one ' +
      '(Debian and Ubuntu: apt-get install chromium), or name it in CHROMIUM_PATH.',
  );
}

function findInPath(folders: readonly string[]): string | undefined {
  return folders.flatMap((folder) => COMMANDS.map((command) => join(folder, command))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
