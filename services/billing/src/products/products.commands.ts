import type { Refusal } from '@tenor/contracts';
import { isCurrency } from '@tenor/money';
import type { UnitOfWork } from '@tenor/service-kit';
import { findCalendar } from '../calendars/calendars.store.ts';
import { invalid } from '../customers/money-input.ts';
import { unknownCalendar } from './closed-days.ts';
import type { Product } from './product.ts';
import { productToJson } from './product-json.ts';
import { validateProduct } from './product-rules.ts';
import { findProduct, saveNextVersion } from './products.store.ts';

/**
 * Stores a product's first version, or the next one of a known code, in the caller's name.
 * Refuses `validation_failed` for a currency that does not exist, what `validateProduct` refuses, and `terms_invalid`
 * for a calendar that does not exist.
 */
export async function storeProduct(
  uow: UnitOfWork,
  product: Omit<Product, 'version'>,
): Promise<{ code: string; version: number } | Refusal> {
  if (!isCurrency(product.currency)) {
    return invalid('/currency', 'unknown_currency', 'is not a currency of ISO 4217');
  }
  const refusal = validateProduct({ ...product, version: 1 });
  if (refusal !== undefined) return refusal;
  const { calendar } = product.terms;
  if (calendar != null && (await findCalendar(uow, calendar)) === undefined) {
    return unknownCalendar(calendar);
  }
  const version = await saveNextVersion(uow, product, uow.caller.id);
  const former = version === 1 ? undefined : await findProduct(uow, product.code, version - 1);
  uow.recordChange({
    entity: 'product',
    id: product.code,
    action: former === undefined ? 'created' : 'changed',
    before: former === undefined ? null : { ...productToJson(former.product) },
    after: { ...productToJson({ ...product, version }) },
  });
  return { code: product.code, version };
}
