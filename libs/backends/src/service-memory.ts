/**
 * What keeps a service's memory small, as environment variables; `Dockerfile` says the same. V8 otherwise sizes its heap
 * by the machine's memory and keeps several times of what is in use: with a limit it collects sooner. The limit, in
 * megabytes, is eight times what a busy service uses, so that overload does not come near it. glibc otherwise keeps a
 * heap of its own for each thread.
 */
export const SERVICE_MEMORY = {
  NODE_OPTIONS: '--max-old-space-size=512 --max-semi-space-size=8',
  MALLOC_ARENA_MAX: '2',
} as const;
