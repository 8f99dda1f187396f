// Health check of a service's container: exits with 0 when the service on the given port says that it is ready.
const answer = await fetch(`http://127.0.0.1:${process.argv[2]}/health/ready`).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
