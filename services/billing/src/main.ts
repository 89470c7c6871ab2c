import { loadConfig, runService } from '@tenor/service-kit';
import { startBilling } from './app.ts';
import { billingConfigSchema } from './config.ts';

await runService({ start: () => startBilling(loadConfig(billingConfigSchema, process.env)) });
