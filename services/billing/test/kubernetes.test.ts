import { kubernetesWorkloads } from '@tenor/testing';
import { billingConfigSchema } from '../src/config.ts';

const needed = billingConfigSchema.required.filter((key) => !('default' in billingConfigSchema.properties[key]));

test.each(kubernetesWorkloads('billing'))('k8s/base gives $name every key that has no default', ({ keys }) => {
  expect(needed.filter((key) => !keys.has(key))).toEqual([]);
});
