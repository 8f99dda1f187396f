/** Longest free text that the journal takes over. */
const MAX_TEXT_LENGTH = 200;

/** Free text as it may stand in the journal: cut, and with whatever could be a card number struck out. */
export function withoutCardNumbers(text: string): string {
  return text.replaceAll(/\d(?:[ -]?\d){11,18}/g, '[digits]').slice(0, MAX_TEXT_LENGTH);
}
