import 'reflect-metadata';
import { runSandbox } from './run-sandbox.command.ts';
import { readSandboxConfig } from './sandbox.config.ts';

await runSandbox(readSandboxConfig);
