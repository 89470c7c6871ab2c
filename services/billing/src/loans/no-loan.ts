/** In place of a loan's id where a part of a payment went to no loan. */
export const NO_LOAN = '00000000-0000-0000-0000-000000000000';
