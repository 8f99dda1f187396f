/** Whoever has not touched the page for so long is taken to be elsewhere. */
const ATTENTION_MS = 60_000;

let touchedAtMs = -Infinity;

/** Notices when a person touches the page: what it asks for by itself must not keep a session open. */
export function watchAttention(page: EventTarget): void {
  for (const kind of ['pointerdown', 'pointermove', 'wheel', 'keydown']) {
    page.addEventListener(kind, () => (touchedAtMs = performance.now()), { passive: true, capture: true });
  }
  // Whoever opens or reloads the page is there.
  touchedAtMs = performance.now();
}

/** Whether what is asked for now is asked for by the page alone. */
export function isUnattended(nowMs = performance.now()): boolean {
  return nowMs - touchedAtMs > ATTENTION_MS;
}
