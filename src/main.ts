import 'reflect-metadata';
import { serve } from './cli/serve.command.js';
import { settingsFromEnvironment } from './platform/config/environment.js';

await serve(settingsFromEnvironment(), false);
