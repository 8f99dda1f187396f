/** `0:07`, `1:15`; whole seconds that are still left, so that 0:00 means over. */
export function formatTimeLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `1 minute 15 seconds`, for those who hear it. */
export function speakTimeLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const parts = [count(Math.floor(seconds / 60), 'minute'), count(seconds % 60, 'second')].filter(
    (part) => part !== '',
  );
  return parts.join(' ') || '0 seconds';
}

/** `14:03:07.120` in the reader's own time zone. */
export function formatTime(at: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `21 Nov 2026, 14:03:07` in the reader's own time zone. */
export function formatMoment(at: string): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `+0.012 s`: how long after the first of something. */
export function formatOffset(at: string, startedAt: string): string {
  const ms = Date.parse(at) - Date.parse(startedAt);
  return `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`;
}

/** `12 ms`, `1.25 s`; how long something takes. */
export function formatDuration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}

function count(number: number, unit: string): string {
  return number === 0 ? '' : `${number} ${unit}${number === 1 ? '' : 's'}`;
}
