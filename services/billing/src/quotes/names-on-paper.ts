import type { Fact } from '@tenor/documents';
import type { Product } from '../products/product.ts';

/** Whether paper has every letter of a text. */
export type IsPrintable = (text: string) => boolean;

type Named = Pick<Product, 'code' | 'name'>;

/** What paper calls a product: its name, or its code where paper lacks a letter of the name. */
export function printedName({ code, name }: Named, isPrintable: IsPrintable): string {
  return isPrintable(name) ? name : code;
}

/** Why paper shows a code instead of the name; nothing where it shows the name. */
export function nameFacts({ code, name }: Named, isPrintable: IsPrintable): Fact[] {
  if (isPrintable(name)) return [];
  return [{ name: 'Product', says: `${code}: its code, since this paper lacks letters of its name` }];
}
