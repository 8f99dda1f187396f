import type { Credentials } from '../launcher/credentials.ts';
import type { Narrator } from '../launcher/narrator.ts';
export async function runSample(_: {
  size: number;
  credentials: Credentials;
  addresses: Record<string, string>;
  narrator: Narrator;
}): Promise<boolean> {
  return true;
}
