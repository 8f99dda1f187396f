/**
 * Waits for the work for so long and no longer: the client has paths on which a request is never answered nor refused.
 * @throws Error when the work has not ended in time; what it still does is the caller's to bear
 */
export async function withinTime<T>(timeMs: number, work: Promise<T>): Promise<T> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${timeMs} ms`)), timeMs);
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
