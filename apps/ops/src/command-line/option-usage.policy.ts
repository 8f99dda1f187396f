/** How usages tell the options of every command. */
export const SHARED_USAGE = `  --json            the answer as JSON on standard output
  --data-dir DIR    the installation of "npm start" whose credentials are used (default .tollgate)
  --help            this text`;
