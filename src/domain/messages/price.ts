/** What models cost, in the currency of the operator's prices, which has no name here. */
export const price = (money: number): string => `at a price of ${money.toFixed(money < 1 ? 4 : 2)}`;
