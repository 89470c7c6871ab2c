import { loadConfig, runService } from '@tenor/service-kit';
import { startPayment } from './app.ts';
import { paymentConfigSchema } from './config.ts';

await runService({ start: async () => startPayment(loadConfig(paymentConfigSchema, process.env)) });
