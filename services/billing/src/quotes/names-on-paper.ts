import { type Fact, isPrintable } from '@tenor/documents';
import type { Product } from '../products/product.ts';

type Named = Pick<Product, 'code' | 'name'>;

/** What paper calls a product: its name, or its code where paper lacks a letter of the name. */
export function printedName({ code, name }: Named): string {
  return isPrintable(name) ? name : code;
}

/** Why paper shows a code instead of the name; nothing where it shows the name. */
export function nameFacts(product: Named): Fact[] {
  if (isPrintable(product.name)) return [];
  return [{ name: 'Product', says: `${product.code}: its code, since this paper lacks letters of its name` }];
}
