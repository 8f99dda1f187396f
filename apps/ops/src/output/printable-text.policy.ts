/** Text of at most so many characters, without what would move a terminal's cursor. */
export function shorten(text: string, lengthMax: number): string {
  const printable = toPrintable(text);
  return printable.length <= lengthMax ? printable : `${printable.slice(0, lengthMax - 1)}…`;
}

/** What came from outside may hold control characters, and a terminal obeys them. Line breaks stay. */
export function toPrintable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�');
}

/** `2026-11-21 09:02:11Z` */
export function formatTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace(/\.\d+/, '');
}
