import { kubernetesWorkloads } from '@tenor/testing';
import { paymentConfigSchema } from '../src/config.ts';

const needed = paymentConfigSchema.required.filter((key) => !('default' in paymentConfigSchema.properties[key]));

test.each(kubernetesWorkloads('payment'))('k8s/base gives $name every key that has no default', ({ keys }) => {
  expect(needed.filter((key) => !keys.has(key))).toEqual([]);
});
